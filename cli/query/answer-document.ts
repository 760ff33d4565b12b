import type { Manifest, ManifestMetric, QueryColumn, Value } from '../../compiler/index.ts';
import { formatJsonRows } from '../output/format-result.ts';
import type { Asked } from './read-request.ts';

/** What a program is told beside the rows, so that they can be read without asking anything else. */
export interface AnswerDetail {
  readonly asOf: string;
  readonly watermark: string;
  readonly asked: Asked;
}

/** The answer as one document; docs/query.md names its keys, and they stay. */
export function answerDocument(
  manifest: Manifest,
  columns: readonly QueryColumn[],
  rows: readonly (readonly Value[])[],
  { asOf, watermark, asked }: AnswerDetail,
): string {
  const metrics = manifest.metrics.filter(({ name }) => asked.metrics.includes(name));
  const { calendar, currency } = manifest.project;
  const { metrics: names, order: _, ...rest } = asked;
  return formatJsonRows(
    {
      as_of: asOf,
      watermark,
      timezone: calendar.timezone,
      asked: { metrics: names, ...rest },
      metrics: metrics.map(({ name, title, form, unit, version, status, fingerprint }) => ({
        name,
        ...(title === undefined ? {} : { title }),
        form,
        ...(unit === undefined ? {} : { unit }),
        version,
        status,
        fingerprint,
      })),
    },
    columns.map((column) => {
      const unit = unitOf(column, metrics, currency);
      return { ...column, ...(unit === undefined ? {} : { unit }) };
    }),
    rows,
  );
}

/** `percent` is of a fraction: 0.5 is 50 %. */
export function unitOf(
  { name, role }: QueryColumn,
  metrics: readonly ManifestMetric[],
  currency: string | undefined,
): string | undefined {
  if (role !== 'metric') return undefined;
  const own = metrics.find((metric) => metric.name === name || name.startsWith(`${metric.name}_before`));
  if (own) return own.unit;
  const [first] = metrics;
  if (first?.rule === undefined) return 'percent';
  if (name === 'rate' || name === 'step_rate') return 'percent';
  if (name === 'ltv') return first.unit;
  return ['value', 'base', 'opening', 'retained'].includes(name) ? currency : undefined;
}
