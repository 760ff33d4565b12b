import { parseArgs } from 'node:util';
import { countDays, standardStory, writeStorefront } from './write-storefront.ts';

const help = `Writes the sample data of the storefront: daily files by source, the same bytes on every machine.

  npm run data                                              ${standardStory.users} users, ${standardStory.days} days, into data/
  npm run data -- --more 3                                  the next three days, with late rows of days before
  npm run data -- --out /tmp/shop --users 300 --days 30     a small one

Options: --out FOLDER  --users N  --days N  --more N  --seed N
--more goes on with the story of the folder: say its --users and --seed again.
`;

function main(argv: readonly string[]): number {
  const number = (name: string, text: string | undefined, standard: number): number => {
    if (text === undefined) return standard;
    if (!/^\d{1,7}$/.test(text) || Number(text) < 1)
      throw new TypeError(`--${name} is a whole number from 1, not \`${text}\``);
    return Number(text);
  };
  try {
    const string = { type: 'string' } as const;
    const options = {
      out: string,
      users: string,
      days: string,
      more: string,
      seed: string,
      help: { type: 'boolean', short: 'h' },
    } as const;
    const { values } = parseArgs({ args: [...argv], options });
    if (values.help) {
      process.stdout.write(help);
      return 0;
    }
    const out = values.out ?? 'data';
    if (values.days !== undefined && values.more !== undefined)
      throw new TypeError('`--days` says how long the story is, `--more` by how much it goes on: give one of them');
    const more = values.more === undefined ? undefined : number('more', values.more, 1);
    const story = {
      seed: number('seed', values.seed, standardStory.seed),
      users: number('users', values.users, standardStory.users),
      days: more === undefined ? number('days', values.days, standardStory.days) : countDays(out) + more,
    };
    const { files, rows } = writeStorefront({ out, ...story });
    const counts = Object.entries(rows).map(([source, count]) => `${count} ${source}`);
    process.stdout.write(`${files} files in ${out}/: ${counts.join(', ')}\n`);
    return 0;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 2;
  }
}

process.exitCode = main(process.argv.slice(2));
