import type { DataTestDefinition } from '../../definition/data-test.ts';
import type { Calendar } from '../../definition/project.ts';
import { type Diagnostic, diagnostic, type Span } from '../../diagnostic/diagnostic.ts';
import { suggestNames } from '../../diagnostic/nearest-name.ts';
import type { InEachLanguage } from '../../expression/words-language.ts';
import type { CatalogModel } from '../catalog.ts';
import type { ModelPlan } from '../plan-model.ts';
import type { SqlReader } from '../sql-reader.ts';

/** How a test is run: see `ManifestTest.check`. */
export type TestCheck =
  | {
      readonly mode: 'row';
      readonly fails: string;
      readonly where?: string;
      /** Columns that a kept failure shows beside the key. */
      readonly shows?: readonly string[];
    }
  | {
      readonly mode: 'query';
      readonly failures: string;
      readonly tested: string;
      /** Both counts in one look: one row, `failing` and `tested`. */
      readonly counted?: string;
      readonly follows?: FollowsRows;
      /** The column of a failing row that says its period in the model: no row can fail, that did not, of a period that no change of what the model reads has touched. */
      readonly period?: string;
    };

/** How the counts of a test follow a change of the model's rows: then they need not be taken of all rows again. */
export interface FollowsRows {
  /** Holds for the rows that are tested: canonical, over the model's columns. */
  readonly tested: string;
  /** Whether a row fails is told by it and the rows that have the same in these columns; absent: by the row alone. Other models aside. */
  readonly among?: readonly string[];
}

export interface TestPlan {
  readonly test: DataTestDefinition;
  /** Rule in words: "`amount` is at least 0". */
  readonly words: InEachLanguage<string>;
  readonly rule: string;
  readonly check: TestCheck;
  readonly reads: readonly string[];
  /** What is counted, where that is not rows: `days`, `events`. */
  readonly counts?: string;
}

export interface TestContext {
  readonly models: ReadonlyMap<string, ModelPlan>;
  readonly calendar: Calendar;
  readonly sql: SqlReader;
}

/** What a rule comes to. */
export interface TestBody {
  readonly words: InEachLanguage<string>;
  readonly check: TestCheck;
  readonly reads?: readonly string[];
  readonly counts?: string;
}

/** The rows that a test is asked of, as canonical SQL; undefined where it says nothing, or nothing that can be read. */
export function readWhere(
  test: DataTestDefinition,
  model: CatalogModel,
  context: TestContext,
  diagnostics: Diagnostic[],
): string | undefined {
  if (!test.where) return undefined;
  const where = context.sql.predicate(test.where, model);
  diagnostics.push(...where.diagnostics);
  return where.canonical;
}

export function findModel(
  name: string,
  span: Span,
  context: TestContext,
  diagnostics: Diagnostic[],
): ModelPlan | undefined {
  const model = context.models.get(name);
  if (!model) {
    const hints = suggestNames(name, context.models.keys());
    diagnostics.push(diagnostic('E1501', `unknown model \`${name}\``, { span, hints }));
  }
  return model;
}

/** A column that is not there is told, and undefined. */
export function findColumn(
  model: CatalogModel,
  name: string,
  span: Span,
  diagnostics: Diagnostic[],
): CatalogModel['columns'][number] | undefined {
  const column = model.columns.find((one) => one.name === name);
  if (!column) {
    const hints = suggestNames(
      name,
      model.columns.map((one) => one.name),
    );
    diagnostics.push(diagnostic('E1305', `\`${model.name}\` has no column \`${name}\``, { span, hints }));
  }
  return column;
}

/** `0.4` → `40%`. */
export function percent(share: number): string {
  return `${Number((share * 100).toPrecision(10))}%`;
}

/** A number of ours as a literal without an exponent, which would be a double. */
export function decimalLiteral(value: number): string {
  const text = String(value);
  return text.includes('e') ? value.toFixed(20).replace(/0+$/, '') : text;
}

export function listWords(words: readonly string[]): string {
  const quoted = words.map((word) => `\`${word}\``);
  return quoted.length < 2 ? quoted.join('') : `${quoted.slice(0, -1).join(', ')} and ${quoted.at(-1)}`;
}
