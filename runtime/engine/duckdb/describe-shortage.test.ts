import { expect, test } from 'vitest';
import { describeShortage } from './describe-shortage.ts';

test.each([
  [
    'Failed to commit: Could not write file "/srv/shop/target/shop.duckdb.wal": No space left on device',
    'the disk is full: `shop.duckdb` could not be written',
  ],
  [
    'Could not write file "/srv/shop.duckdb.tmp/duckdb_temp_storage_S32K-0.tmp": No space left on device',
    'the disk is full',
  ],
  [
    'could not allocate block of size 30.5 MiB (806.0 KiB/19.0 MiB used) Possible solutions: * Reducing the number of threads (SET threads=X)',
    'more memory is needed than `memory_limit` allows (19.0 MiB)',
  ],
  [
    "failed to offload data block of size 256.0 KiB (896.0 KiB/976.5 KiB used). This limit was set by the 'max_temp_directory_size' setting.",
    'sorting and joining needs more of the disk than `spill_limit` allows (976.5 KiB)',
  ],
  ['failed to allocate data of size 1.0 GiB', 'more memory is needed than `memory_limit` allows'],
])('what DuckDB says of room is told in the words of project.yml: %s', (said, told) => {
  expect(describeShortage(said).message).toBe(told);
});
