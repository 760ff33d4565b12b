import { type Diagnostic, diagnostic, type Span } from '../diagnostic/diagnostic.ts';
import type { CatalogModel } from './catalog.ts';

/** A column of business time holds instants or dates; anything else cannot be cut into periods. */
export function checkTime(model: CatalogModel, time: string, span: Span | undefined): Diagnostic[] {
  const type = model.columns.find((column) => column.name === time)?.type;
  if (type === undefined || type === 'timestamp' || type === 'date') return [];
  const timed = model.columns.filter((column) => column.type === 'timestamp' || column.type === 'date');
  const hints =
    timed.length > 0
      ? [`columns of \`${model.name}\` with time: ${timed.map((column) => `\`${column.name}\``).join(', ')}`]
      : [`\`${model.name}\` has no column of type \`timestamp\` or \`date\``];
  return [
    diagnostic('E1604', `\`${time}\` is ${type}, and time is a timestamp or a date`, {
      ...(span ? { span } : {}),
      hints,
    }),
  ];
}
