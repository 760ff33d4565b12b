import { type FunctionKind, functionTable } from './function-table.ts';

const titles: Readonly<Record<FunctionKind, string>> = {
  aggregate: 'Aggregates',
  window: 'Window functions',
  scalar: 'Functions of one row',
  set: 'Functions that give rows',
};

/** `docs/sql.md`: what of PostgreSQL may be written, from the table that the compiler goes by. */
export function renderFunctions(): string {
  const sections = (Object.keys(titles) as FunctionKind[]).map((kind) => {
    const names = [...functionTable].filter(([name, facts]) => facts.kind === kind && !name.startsWith('etalon_'));
    return `## ${titles[kind]}\n\n${names.map(([name]) => `\`${name}\``).join(', ')}\n`;
  });
  return `${introduction}\n${sections.join('\n')}`;
}

const introduction = `# The SQL of definitions

<!-- Written by compiler/expression/render-functions.ts: \`npx vitest run compiler/expression -u\`. -->

SQL in a project is PostgreSQL, read by PostgreSQL's own grammar and rewritten for the engine that runs it. What is listed here gives the same rows on DuckDB and on
PostgreSQL: each function was run on both (compiler/dialect/cases). A function that is not here is refused with \`E1408\`, since an engine's own function would give its own
number.

- One query is one \`select\`, with \`with\`, joins, subqueries, \`group by\`, \`grouping sets\`, \`having\`, windows, \`union\`, \`intersect\`, \`except\`, \`lateral\`. Nothing that writes, locks or
  reads files.
- Tables are named \`layer.model\`: \`raw.orders\`, \`clean.orders\`, \`marts.orders\`.
- No clock and no chance: \`now()\`, \`current_date\`, \`random()\` are refused with \`E1403\`, since a run could not be repeated. \`{{run_at}}\` is the instant of the run.
- Division is never integer division, and by zero it gives null. A quotient is \`double precision\`.
- \`timestamp\` is an instant (\`timestamptz\`), and the session's zone is UTC. Days of another zone: \`(x at time zone 'Europe/Berlin')::date\`.
- Text compares by code points, on every engine.
- \`first(x)\` and \`last(x)\` are for metrics, which have a time to go by.
`;
