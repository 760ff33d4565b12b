import { join } from 'node:path';
import type { RunResult } from '../runtime/run/run-types.ts';
import { addLogins, createTables } from './identity-by-hand.ts';
import {
  identityColumns,
  writeIdentityHistory,
  writeIdentityProject,
  writeLogins,
  writeNextDay,
} from './identity-project.ts';
import type { Benchmark } from './measure.ts';
import { measureIncrements } from './measure-increments.ts';
import { withFolder } from './temporary-folder.ts';

/** Both sides know of as many events of people and of devices, and spread them over as many. */
const sum = (table: string) =>
  `select count(*), count(person), count(distinct person), count(*) filter (where person like 'device:%') from ${table}`;

/**
 * 100,000 devices and 2 M events: whom each device stands for, and each event with its person. Then a day on which a thousand devices log in for the first time, and logins that arrive late
 * in the middle of histories: only what these devices did is attributed anew.
 */
export const identityBenchmark: Benchmark = {
  name: 'identity',
  run: () =>
    withFolder(async (folder) => {
      writeIdentityProject(folder);
      await writeIdentityHistory(folder);
      await writeNextDay(join(folder, 'next-day.parquet'));
      await writeLogins(join(folder, 'logins.parquet'));
      return measureIncrements(
        {
          folder,
          words: '100,000 devices, 2 M events',
          columns: identityColumns,
          createTables: createTables(),
          arrivals: [
            { name: 'next-day', work: 'a day, 1,000 devices log in first', byHand: addLogins(), note: attributed },
            { name: 'logins', work: '1,000 late logins', byHand: addLogins(), note: attributed },
          ],
          agree: [
            { ours: sum('clean.visits'), hand: sum('visits') },
            {
              ours: 'select count(*), sum(visits) from marts.people',
              hand: 'select count(*), sum(visits) from people',
            },
          ],
        },
        ['duckdb', 'postgres'],
      );
    }),
};

function attributed({ steps }: RunResult): string {
  const { units, rows } = steps.find(({ model }) => model === 'clean.visits')!.repaired!;
  return `${units} events attributed, ${rows} rows of them came or went`;
}
