import { type Diagnostic, diagnostic, hasErrors } from '../../diagnostic/diagnostic.ts';
import type { Node } from '../../expression/ast.ts';
import { parseExpression } from '../../expression/parse-expression.ts';
import type { Catalog, CatalogMetric } from '../catalog.ts';
import type { Formula, FormulaAggregate } from './formula.ts';
import { type Frame, isOwnPeriod } from './frame.ts';
import { type Boiling, boilingOf } from './parts.ts';

/** Rows of one model, cut by one time column with one filter, counted in one frame: what is aggregated in one scan. What can be boiled down before it meets a window is apart from what cannot. */
export interface Fact {
  readonly model: string;
  readonly time?: string;
  readonly timezone: string;
  readonly where?: Node;
  readonly exclude: readonly string[];
  readonly frame: Frame;
  readonly columns: readonly FactColumn[];
}

export interface FactColumn {
  readonly name: string;
  readonly type: string;
  /** With `first()` and `last()`: one pick for each value of these. */
  readonly per: readonly string[];
  /** A whole metric, combined from its aggregates within the fact, or one aggregate of a formula that also names other metrics. */
  readonly value: { readonly formula: Formula } | { readonly aggregate: FormulaAggregate };
}

/** The facts that a question needs, each once, collected while its metrics are taken apart. */
export interface FactCollection {
  readonly facts: readonly Fact[];
  /** The column that holds `value` in the fact of this metric and frame; a second call for the same gives the same. */
  column(
    metric: CatalogMetric,
    frame: Frame,
    part: number | undefined,
    value: Omit<FactColumn, 'name' | 'per'>,
  ): string;
}

export function createFacts(catalog: Catalog, diagnostics: Diagnostic[]): FactCollection {
  const byKey = new Map<string, Fact & { columns: FactColumn[] }>();
  const facts: Fact[] = [];
  const find = (metric: CatalogMetric, frame: Frame, boiling: Boiling, alone: string) => {
    const timezone = metric.ownTimezone ?? catalog.calendar.timezone;
    const apart = isOwnPeriod(frame) ? [] : [frame, boiling, alone];
    const key = JSON.stringify([metric.model, metric.time, timezone, metric.where, metric.exclude, ...apart]);
    const known = byKey.get(key);
    if (known) return known;
    const where = metric.where === undefined ? undefined : parseCanonical(metric.where, diagnostics);
    const fact = {
      model: metric.model!,
      timezone,
      exclude: metric.exclude,
      frame,
      columns: [] as FactColumn[],
      ...(metric.time === undefined ? {} : { time: metric.time }),
      ...(where ? { where: where.ast as Node } : {}),
    };
    byKey.set(key, fact);
    facts.push(fact);
    return fact;
  };
  return {
    facts,
    column(metric, frame, part, value) {
      const boiling = boilingOf(aggregatesIn(value));
      const fact = find(metric, frame, boiling, boiling === 'set' ? `${metric.name}__${part}` : '');
      const whole = part === undefined ? metric.name : `${metric.name}__${part}`;
      // A metric may be asked for in its own period and in another in one question.
      const name = isOwnPeriod(frame) ? whole : `${whole}__f${facts.indexOf(fact) + 1}`;
      if (!fact.columns.some((column) => column.name === name))
        fact.columns.push({ name, per: metric.per ?? [], ...value });
      return name;
    },
  };
}

function aggregatesIn({ value }: Pick<FactColumn, 'value'>): readonly FormulaAggregate[] {
  return 'aggregate' in value ? [value.aggregate] : value.formula.aggregates;
}

/** Canonical text parses, unless the manifest it comes from was tampered with. */
export function parseCanonical(sql: string, diagnostics: Diagnostic[]) {
  const place = { offset: 0, line: 1, column: 1 };
  const outcome = parseExpression({ text: sql, span: { file: 'manifest', start: place, end: place } });
  if (hasErrors(outcome.diagnostics)) diagnostics.push(...outcome.diagnostics);
  return outcome.expression;
}

/** Why a fact cannot be counted in the periods asked for. */
export function frameFault(fact: Fact, asked: readonly string[], why: string): Diagnostic {
  const behind = fact.columns.map(({ name }) => name.replace(/__.*$/, ''));
  // Of several metrics it is not known which of them moves this one.
  const names = [...new Set(asked.length === 1 ? asked : behind)].map((name) => `\`${name}\``);
  return diagnostic('E1604', `${names.join(', ')}: ${why}`, {
    hints: ['ask by a finer grain, or declare a metric with another `window`, `to_date` or `compare`'],
  });
}
