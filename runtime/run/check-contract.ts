import { formatType, type ManifestModel, parseType } from '../../compiler/index.ts';
import { StepError } from './run-context.ts';

export interface YieldedColumn {
  readonly name: string;
  readonly type: string;
}

type Family = 'number' | 'text' | 'boolean' | 'date' | 'timestamp' | 'json';

/**
 * Does the SELECT yield what the contract says: the same names in the same order, each of a kind that its declared type takes without guessing? Within a kind (integer,
 * decimal, double) the declared type is the one that is stored.
 * @throws StepError with both lists.
 */
export function checkContract(model: ManifestModel, yielded: readonly YieldedColumn[]): void {
  const wanted = model.columns.map((column) => column.name);
  const names = yielded.map((column) => column.name);
  if (wanted.length !== names.length || wanted.some((name, index) => name !== names[index])) {
    throw new StepError(
      `\`${model.name}\` does not yield its columns${difference(wanted, names)}\n  contract: ${wanted.join(', ')}\n  yields:   ${names.join(', ')}${additive(model, yielded)}`,
    );
  }
  const wrong = model.columns.flatMap((column, index) => {
    const type = yielded[index]!.type;
    return column.type !== undefined && !fits(column.type, type) ? [{ column, type }] : [];
  });
  if (wrong.length > 0) {
    const list = wrong.map(({ column, type }) => `\`${column.name}\` is ${column.type}, the SELECT yields ${type}`);
    throw new StepError(`\`${model.name}\` yields other types than its contract: ${list.join('; ')}`);
  }
}

function difference(wanted: readonly string[], names: readonly string[]): string {
  const missing = wanted.filter((name) => !names.includes(name)).map((name) => `\`${name}\``);
  const more = names.filter((name) => !wanted.includes(name)).map((name) => `\`${name}\``);
  if (missing.length === 0 && more.length === 0) return ' in the order of the contract';
  const parts = [
    ...(missing.length > 0 ? [`missing ${missing.join(', ')}`] : []),
    ...(more.length > 0 ? [`not in the contract ${more.join(', ')}`] : []),
  ];
  return `: ${parts.join('; ')}`;
}

/** Columns at the end take nothing from whoever reads the table: the lines that declare them are the whole change. */
function additive(model: ManifestModel, yielded: readonly YieldedColumn[]): string {
  const isAdditive = model.columns.every(({ name }, index) => yielded[index]?.name === name);
  if (!isAdditive) return '';
  const lines = yielded.slice(model.columns.length).map(({ name, type }) => {
    const known = parseType(type) ?? parseType(type.startsWith('timestamp') ? 'timestamp' : 'text')!;
    return `    ${quoteKey(name)}: ${formatType(known)}`;
  });
  return `\n  added at the end: readers lose nothing by it; to publish ${lines.length === 1 ? 'it' : 'them'}, write under \`columns:\`\n${lines.join('\n')}`;
}

function quoteKey(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) ? name : JSON.stringify(name);
}

function fits(declared: string, yielded: string): boolean {
  const found = familyOf(yielded);
  return found === undefined || found === familyOf(declared);
}

/** By the words that SQL engines and the language use; a type outside them is left to the cast. */
function familyOf(type: string): Family | undefined {
  const name = type.toLowerCase();
  if (/^(timestamp)/.test(name)) return 'timestamp';
  if (/^date$/.test(name)) return 'date';
  if (/^bool/.test(name)) return 'boolean';
  if (/^json/.test(name)) return 'json';
  if (/^(u?(tiny|small|big|huge)?int|u?integer|int[248]|numeric|decimal|double|float|real)/.test(name)) return 'number';
  if (/^(text|varchar|char|bpchar|name|string)/.test(name)) return 'text';
  return undefined;
}
