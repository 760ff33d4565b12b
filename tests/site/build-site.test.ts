import { expect, test } from 'vitest';
import { buildSite } from '../../docs-site/index.ts';
import { sampleInput } from './sample-input.ts';

test('first', async () => {
  const files = await buildSite(sampleInput());
  const { writeSite } = await import('../../docs-site/index.ts');
  console.log(await writeSite(files, '/tmp/site-sample'));
  for (const f of files) console.log(f.path, Buffer.byteLength(f.content as string));
  expect(files.length).toBeGreaterThan(10);
});
