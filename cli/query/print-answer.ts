import {
  type Manifest,
  type ManifestMetric,
  type QueryPlan,
  type QueryRequest,
  statusWords,
  type Value,
} from '../../compiler/index.ts';
import type { Context } from '../context.ts';
import { formatResult } from '../output/format-result.ts';
import { answerDocument, unitOf } from './answer-document.ts';
import { findGrid, formatGrid, type Grid, signs } from './grid.ts';
import type { Asked } from './read-request.ts';
import { isAhead, type Watermark } from './read-watermark.ts';

export interface Answer {
  readonly plan: QueryPlan;
  readonly rows: readonly (readonly Value[])[];
}

export interface Asking {
  readonly manifest: Manifest;
  readonly asked: Asked;
  readonly asOf: string;
  readonly watermark: Watermark;
  readonly ask: (request: QueryRequest) => Promise<Answer>;
}

/** The rows on standard output in the form that was asked for; for people, what is to be known of them on standard error. */
export async function printAnswer(
  { output }: Context,
  format: 'table' | 'json' | 'csv',
  answer: Answer,
  asking: Asking,
): Promise<void> {
  const { manifest, asked, asOf, watermark } = asking;
  const { columns } = answer.plan;
  const { yellow, dim } = output.errColours;
  if (asked.asOf !== undefined && isAhead(asOf, watermark)) {
    output.err(
      `${yellow('warning')}: data is complete only before ${watermark.instant} (${watermark.heldBy.join(', ')}), and \`--as-of\` lies after it: what is called final may change\n`,
    );
  }
  for (const metric of manifest.metrics) {
    if (!asked.metrics.includes(metric.name) || metric.status === 'production') continue;
    output.err(`${yellow('warning')}: \`${metric.name}\` is ${reliance(metric)}\n`);
  }
  if (format === 'json') {
    output.out(answerDocument(manifest, columns, answer.rows, { asOf, watermark: watermark.instant, asked }));
    return;
  }
  const grid = format === 'table' && isPlainlyAsked(asked) && answer.rows.length > 0 ? findGrid(columns) : undefined;
  if (grid) output.out(await gridText(grid, answer, asking, output.outColours.bold));
  else output.out(formatResult(columns, answer.rows, format, { paint: output.outColours.bold }));
  output.err(dim(aboutText(answer, asking, grid !== undefined)));
  const missing = await whyNothing(answer, asking);
  if (missing) output.err(`${missing}\n`);
}

/** Why a figure is not to be relied on as it is. */
function reliance(metric: ManifestMetric): string {
  return metric.status === 'draft' ? 'a draft: what it counts may change without a new version' : statusWords(metric);
}

/** Rows in an order of their own, or some of them, are no triangle. */
function isPlainlyAsked({ order, limit }: Asked): boolean {
  return order.length === 0 && limit === undefined;
}

async function gridText(grid: Grid, answer: Answer, asking: Asking, paint: (text: string) => string): Promise<string> {
  const { asked, manifest, asOf } = asking;
  const metric = manifest.metrics.find(({ name }) => name === asked.metrics[0])!;
  const dimensions = asked.by.filter((name) => name !== 'cohort');
  const by = dimensions.includes(grid.across) ? dimensions : [...dimensions, grid.across];
  // Without a period of its own the form has a grain here that nothing is cut by.
  const { grain, ...rest } = asked;
  const overall = await asking.ask({ ...rest, by, asOf, ...(grain && grid.across === 'k' ? { grain } : {}) });
  const name = grid.across === 'k' ? 'mean' : 'all';
  const title = metric.title ?? metric.name;
  const what = grid.holds === 'share' ? (shareWords[metric.form] ?? 'share') : `${metric.unit ?? 'value'} for each`;
  const table = formatGrid(
    grid,
    { columns: answer.plan.columns, rows: answer.rows },
    { ...overall, columns: overall.plan.columns, name },
    paint,
  );
  return `${title}: ${what}\n\n${table}\n${legend(answer)}\n`;
}

const shareWords: Readonly<Partial<Record<string, string>>> = {
  retention: 'who came back, of each cohort',
  churn: 'who did not come back, of each cohort',
  revenue_retention: 'value of each interval, of that of the first',
};

/** What the signs in use mean. */
function legend({ plan, rows }: Answer): string {
  const at = plan.columns.findIndex(({ role }) => role === 'state');
  const states = new Set(rows.map((row) => row[at]));
  const words = [
    ...(states.has('partial') ? [`${signs.open} still open, will change`] : []),
    ...(states.has('unobservable') ? [`${signs.unreached} not reached yet`] : []),
    ...(states.has('empty') ? [`${signs.empty} nobody in the cohort`] : []),
    ...(states.has('as_of') ? ['all as of now: they go on growing'] : []),
  ];
  return words.length > 0 ? words.join('   ') : 'all cells are final';
}

/** As of when, in which units, of which versions. In a triangle the units stand above it. */
function aboutText({ plan }: Answer, { manifest, asked, asOf, watermark }: Asking, isGrid: boolean): string {
  const metrics = manifest.metrics.filter(({ name }) => asked.metrics.includes(name));
  const units = plan.columns.flatMap((column) => {
    const unit = isGrid ? undefined : unitOf(column, metrics, manifest.project.currency);
    if (unit === undefined) return [];
    return [`${column.name} ${unit === 'percent' ? 'as a fraction' : `in ${unit}`}`];
  });
  const versions = metrics.map(({ name, version }) => `${name} version ${version}`);
  const held = `${watermark.heldBy.join(', ')} ${watermark.heldBy.length === 1 ? 'is' : 'are'} complete`;
  const why = asked.asOf === undefined ? `, through which ${held}` : '';
  return `as of ${asOf}${why}; ${[...units, ...versions].join(', ')}\n`;
}

/** Where no value is there at all: from when to when there are any. */
async function whyNothing({ plan, rows }: Answer, { manifest, asked, asOf, ask }: Asking): Promise<string | undefined> {
  const values = plan.columns.flatMap(({ role }, i) => (role === 'metric' ? [i] : []));
  if (rows.some((row) => values.some((i) => row[i] !== null))) return undefined;
  if (asked.limit === 0) return undefined;
  const known = manifest.metrics.filter(
    ({ name, rule, time }) => asked.metrics.includes(name) && rule === undefined && time !== undefined,
  );
  const lines: string[] = [];
  for (const { name } of known) {
    const edge = async (order: string) => {
      const found = await ask({ metrics: [name], by: [], grain: 'day', order: [order], limit: 1, asOf });
      return found.rows[0]?.[0];
    };
    const [first, last] = [await edge('day'), await edge('-day')];
    lines.push(
      first === undefined || first === null
        ? `nothing of \`${name}\` is known before ${asOf}`
        : `nothing of \`${name}\` is in what was asked for; there is data from ${String(first)} to ${String(last)}`,
    );
  }
  return lines.length > 0 ? lines.join('\n') : `nothing is known of what was asked for as of ${asOf}`;
}
