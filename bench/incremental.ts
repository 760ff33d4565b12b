import { join } from 'node:path';
import { addLate, addNewDay, createTables } from './incremental-by-hand.ts';
import { eventColumns, historyOf, writeHistory, writeLate, writeNewDay, writeProject } from './incremental-project.ts';
import type { Benchmark } from './measure.ts';
import { type EngineName, measureIncrements } from './measure-increments.ts';
import { withFolder } from './temporary-folder.ts';

/**
 * A long history of events, then one new day, then late rows over many old days: what a run costs against the first build, and against the same delete and insert by hand. The cost of
 * a day must go with the day and not with the history.
 */
export function incrementalBenchmark(millions: number, engines: readonly EngineName[]): Benchmark {
  return {
    name: `incremental-${millions}m`,
    run: () =>
      withFolder(async (folder) => {
        const history = historyOf(millions * 1_000_000);
        writeProject(folder);
        await writeHistory(folder, history);
        await writeNewDay(join(folder, 'new-day.parquet'), history);
        await writeLate(join(folder, 'late.parquet'), history);
        const target = millions === 10 ? { target: { duckdb: '0.5 s', postgres: '2 s' } } : {};
        const late = `${history.lateRows} late rows over ${history.lateDays} days`;
        const arrivals = [
          { name: 'new-day', work: 'one new day', byHand: addNewDay(history), ...target },
          { name: 'late', work: late, byHand: addLate(history) },
        ];
        const words = `${millions} M events`;
        return measureIncrements(
          { folder, words, columns: eventColumns, createTables: createTables(), arrivals },
          engines,
        );
      }),
  };
}
