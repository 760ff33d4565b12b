import { compileFiles, type Manifest } from '../../compiler/index.ts';

export const groups = 20;

/** Whatever is read of a table of these models, all its rows are of one batch and of one definition, and the amounts of a batch add up to nothing. */
const texts: Readonly<Record<string, string>> = {
  'project.yml': `project: read
language: 1
targets: {dev: {engine: duckdb, path: read.duckdb}}
`,
  'models/raw/arrivals.yml': `description: A row for each group in each batch.
source: {table: app.arrivals}
loaded_at: seen
columns: {grp: integer, batch: integer, amount: integer, seen: timestamp}
`,
};

interface Shape {
  readonly columns: string;
  readonly list: string;
}

/** A column more at the end, one in front, another type: what a view can be given in place, and what it must be made anew for. */
const shapes: readonly Shape[] = [
  { columns: 'grp: integer, batch: integer, amount: integer, build: integer', list: 'grp, batch, amount, build' },
  {
    columns: 'grp: integer, batch: integer, amount: integer, build: integer, more: text',
    list: "grp, batch, amount, build, 'more' as more",
  },
  {
    columns: 'first: text, grp: integer, batch: integer, amount: integer, build: integer',
    list: "'first' as first, grp, batch, amount, build",
  },
  {
    columns: 'grp: integer, batch: integer, amount: "decimal(12,2)", build: integer',
    list: 'grp, batch, cast(amount as decimal(12,2)) as amount, build',
  },
];

/** The definitions as they are after so many edits. Both models hold a row for each group: one is brought up to date in place, the other is built anew. */
export function readProject(edits: number): Manifest {
  const { columns, list } = shapes[edits % shapes.length]!;
  const model = (more: string) => `description: Edited ${edits} times.\nkey: grp\n${more}columns: {${columns}}\n`;
  const select = `select ${list} from (select grp, max(batch) as batch, sum(amount) as amount, ${edits} as build from raw.arrivals group by grp) as g\n`;
  const files = Object.entries({
    ...texts,
    'models/marts/kept.yml': model('incremental: {by: key}\n'),
    'models/marts/kept.sql': select,
    'models/marts/made.yml': model(''),
    'models/marts/made.sql': select,
  }).map(([path, text]) => ({ kind: 'source-file' as const, path, text }));
  const { manifest, diagnostics } = compileFiles(files);
  if (manifest) return manifest;
  throw new Error(diagnostics.map((one) => `${one.span?.file}:${one.span?.start.line} ${one.message}`).join('\n'));
}

/** The rows of a batch, whose amounts add up to nothing. */
export function arrivalSql(batch: number): string {
  const rows = Array.from({ length: groups }, (_, grp) => {
    const amount = grp === 0 ? -(groups - 1) * batch : batch;
    return `(${grp}, ${batch}, ${amount}, timestamptz '2025-01-01T00:00:00Z' + interval '${batch} minutes')`;
  });
  return `insert into app.arrivals values ${rows.join(', ')}`;
}

export const arrivalsTable = 'create table app.arrivals (grp bigint, batch bigint, amount bigint, seen timestamptz)';
