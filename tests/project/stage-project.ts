import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe } from 'vitest';
import { findPostgresObstacle, freshDatabase } from '../support/postgres.ts';

const here = fileURLToPath(new URL('.', import.meta.url));
const shared = fileURLToPath(new URL('../../../shared/data/', import.meta.url));

/** A project copied to a temporary folder together with its data, and the environment that its targets ask for. */
export interface Staged {
  readonly folder: string;
  readonly target: string;
  readonly env: Readonly<Record<string, string>>;
}

/** The path of a file in `../shared/data`, and why it cannot be used, if so. */
export function findShared(path: string): { readonly path: string; readonly reason: string | undefined } {
  const file = join(shared, path);
  return { path: file, reason: existsSync(file) ? undefined : `../shared/data/${path} is absent` };
}

export interface StageOptions {
  /** Folder beside this file. */
  readonly name: string;
  readonly data: readonly string[];
  /** Variable that the target `pg` reads its address from. */
  readonly urlEnv: string;
}

/** The suite once per engine. Where the data or PostgreSQL is missing, it is skipped and its title says why. */
export function describeOnBothEngines(options: StageOptions, suite: (staged: () => Staged) => void): void {
  const missing = options.data.map(findShared).find((file) => file.reason !== undefined)?.reason;
  for (const target of ['dev', 'pg']) {
    const reason = missing ?? (target === 'pg' ? findPostgresObstacle() : undefined);
    const title = `${options.name} on ${target === 'pg' ? 'PostgreSQL' : 'DuckDB'}`;
    describe.skipIf(reason !== undefined)(reason === undefined ? title : `${title} (skipped: ${reason})`, () => {
      let staged: Staged | undefined;
      let database: Awaited<ReturnType<typeof freshDatabase>> | undefined;
      beforeAll(async () => {
        if (target === 'pg') database = await freshDatabase();
        staged = stage(options, target, database?.url);
      });
      afterAll(async () => {
        if (staged) rmSync(staged.folder, { recursive: true });
        await database?.drop();
      });
      suite(() => staged!);
    });
  }
}

function stage({ name, data, urlEnv }: StageOptions, target: string, url: string | undefined): Staged {
  const folder = mkdtempSync(join(tmpdir(), `etalon-${name}-`));
  cpSync(join(here, name), folder, { recursive: true });
  mkdirSync(join(folder, 'data'));
  for (const path of data) cpSync(findShared(path).path, join(folder, 'data', path.split('/').at(-1)!));
  return { folder, target, env: url === undefined ? {} : { [urlEnv]: url } };
}
