import type { Code } from '../diagnostic/codes.ts';
import type { Diagnostic, Span } from '../diagnostic/diagnostic.ts';
import { diagnostic } from '../diagnostic/diagnostic.ts';
import { findNearestName, suggestNames } from '../diagnostic/nearest-name.ts';
import { fileSpan } from '../source/line-index.ts';
import type { YamlEntry, YamlMapping, YamlNode, YamlScalar, YamlSequence } from '../source/source-file.ts';
import { chooseBranch } from './choose-branch.ts';
import { accepts, describeFound, describeSchema, resolveRef } from './describe-schema.ts';
import { environmentNamePattern } from './environment-name.ts';
import { type JsonSchema, writtenValue } from './json-schema.ts';
import { hintsForKind, hintsForMissing, hintsForUnknown, hintsForValue } from './mismatch-hints.ts';

/** Why a file does not fit its schema: each reason at the key or value concerned. */
export function explainMismatch(schema: JsonSchema, root: YamlMapping): Diagnostic[] {
  const out: Diagnostic[] = [];
  explain(schema, root, { key: undefined, at: fileSpan(root.span.file) }, out);
  return out;
}

/** Whether a value fits, without saying why not. */
export function fits(schema: JsonSchema, node: YamlNode): boolean {
  const out: Diagnostic[] = [];
  explain(schema, node, { key: undefined, at: node.span }, out);
  return out.length === 0;
}

/** Where a value hangs: its key, or the list's. */
interface Holder {
  readonly key: string | undefined;
  readonly at: Span;
}

type Out = Diagnostic[];

function report(out: Out, code: Code, span: Span, message: string, hints: readonly string[] = []): void {
  out.push(diagnostic(code, message, { span, hints }));
}

function explain(given: JsonSchema, node: YamlNode, holder: Holder, out: Out): void {
  const schema = resolveRef(given);
  if (schema.anyOf) {
    explainUnion(schema, schema.anyOf, node, holder, out);
    return;
  }
  if (!accepts(schema, node)) {
    explainKind(schema, node, holder, out);
    return;
  }
  if (node.kind === 'scalar') explainScalar(schema, node, holder, out);
  else if (node.kind === 'sequence') explainSequence(schema, node, holder, out);
  else explainMapping(schema, node, holder, out);
}

function explainKind(schema: JsonSchema, node: YamlNode, holder: Holder, out: Out): void {
  const label = holder.key === undefined ? '' : `\`${holder.key}\`: `;
  const span = node.span.start.offset === node.span.end.offset ? holder.at : node.span;
  const hints = hintsForKind(schema, node, holder.key);
  report(out, 'E1201', span, `${label}expected ${describeSchema(schema)}, found ${describeFound(node)}`, hints);
}

function explainUnion(
  schema: JsonSchema,
  branches: readonly JsonSchema[],
  node: YamlNode,
  holder: Holder,
  out: Out,
): void {
  const only = branches.length === 1 ? branches[0] : undefined;
  if (only) {
    explain(only, node, holder, out);
    return;
  }
  if (reportUnknownForm(branches, node, out)) return;
  const choice = chooseBranch(branches, node, fits);
  switch (choice.form) {
    case 'fits':
      return;
    case 'branch':
      explain(choice.branch, node, holder, out);
      return;
    case 'kind':
      explainKind(schema, node, holder, out);
      return;
    case 'undecided':
      explainUndecided(schema, node as YamlMapping, choice.keys, choice.properties, holder, out);
  }
}

/** Forms that are told apart by the value of one key, such as `engine`: a value that none of them has. */
function reportUnknownForm(branches: readonly JsonSchema[], node: YamlNode, out: Out): boolean {
  if (node.kind !== 'mapping') return false;
  const forms = branches.map((branch) => resolveRef(branch).properties ?? {});
  for (const { key, value } of node.entries) {
    const known = forms.map((form) => form[key]?.const);
    if (known.includes(undefined) || value.kind !== 'scalar' || known.includes(value.value)) continue;
    const hints = suggestNames(value.raw, known.map(String));
    report(out, 'E1204', value.span, `\`${key}\`: \`${value.raw}\` is not among the values allowed`, hints);
    return true;
  }
  return false;
}

/** A mapping without any of the keys that tell the forms apart. */
function explainUndecided(
  schema: JsonSchema,
  node: YamlMapping,
  keys: readonly string[],
  properties: readonly string[],
  holder: Holder,
  out: Out,
): void {
  const slips = node.entries.filter(
    ({ key }) => !properties.includes(key) && findNearestName(key, properties) !== undefined,
  );
  for (const slip of slips) reportUnknown(slip, describeSchema(schema), properties, node, out);
  if (slips.length > 0) return;
  const span = node.entries.length === 0 ? holder.at : node.entries[0]!.keySpan;
  const names = keys.map((key) => `\`${key}\``).join(', ');
  const branch = (schema.anyOf ?? []).map(resolveRef).find((one) => one.required?.includes(keys[0]!));
  report(
    out,
    'E1202',
    span,
    `${describeSchema(schema)} needs one of the keys ${names}`,
    hintsForMissing(keys[0]!, branch?.properties?.[keys[0]!]),
  );
}

function explainScalar(schema: JsonSchema, node: YamlScalar, holder: Holder, out: Out): void {
  const label = holder.key === undefined ? '' : `\`${holder.key}\`: `;
  const shown = node.raw === '' ? 'an empty text' : `\`${node.raw}\``;
  const span = node.raw === '' ? holder.at : node.span;
  if (schema.enum && !schema.enum.includes(node.value)) {
    const hints = suggestNames(node.raw, schema.enum.map(writtenValue));
    report(out, 'E1204', span, `${label}${shown} is not among the values allowed`, hints);
  } else if ('const' in schema && schema.const !== node.value) {
    const hints = [`write \`${holder.key === undefined ? '' : `${holder.key}: `}${schema.const}\``];
    report(out, 'E1204', span, `${label}expected \`${schema.const}\`, found ${shown}`, hints);
  } else if (typeof node.value === 'string') {
    const short = schema.minLength !== undefined && node.value.length < schema.minLength;
    const fitting = schema.pattern === undefined || new RegExp(schema.pattern, 'u').test(node.value);
    if (!fitting && schema.pattern === environmentNamePattern) {
      const hints = [
        ...hintsForValue(schema, node.raw),
        'a secret stands in the environment, and in no file: where this is one, whoever has read the file knows it',
      ];
      report(out, 'E1205', span, `${label}expected ${describeSchema(schema)}, found a text that is none`, hints);
    } else if (short || !fitting) {
      const hints = hintsForValue(schema, node.raw);
      report(out, 'E1205', span, `${label}expected ${describeSchema(schema)}, found ${shown}`, hints);
    }
  } else if (typeof node.value === 'number') explainNumber(schema, node.value, `${label}`, shown, span, out);
}

function explainNumber(schema: JsonSchema, value: number, label: string, shown: string, span: Span, out: Out): void {
  const hints = hintsForValue(schema, shown);
  if (schema.minimum !== undefined && value < schema.minimum) {
    report(out, 'E1205', span, `${label}expected at least ${schema.minimum}, found ${shown}`, hints);
  } else if (schema.maximum !== undefined && value > schema.maximum) {
    report(out, 'E1205', span, `${label}expected at most ${schema.maximum}, found ${shown}`, hints);
  }
}

function explainSequence(schema: JsonSchema, node: YamlSequence, holder: Holder, out: Out): void {
  const label = holder.key === undefined ? '' : `\`${holder.key}\`: `;
  const { minItems = 0, maxItems = Number.POSITIVE_INFINITY } = schema;
  if (node.items.length < minItems || node.items.length > maxItems) {
    const bound = node.items.length < minItems ? `at least ${minItems}` : `at most ${maxItems}`;
    report(
      out,
      'E1205',
      node.span,
      `${label}expected ${bound} in the list, found ${node.items.length}`,
      hintsForValue(schema, ''),
    );
  }
  if (schema.uniqueItems) reportRepeated(node, label, out);
  if (schema.items) for (const item of node.items) explain(schema.items, item, { key: holder.key, at: item.span }, out);
}

function reportRepeated(node: YamlSequence, label: string, out: Out): void {
  const seen = new Set<unknown>();
  for (const item of node.items) {
    if (item.kind !== 'scalar') continue;
    if (seen.has(item.value))
      report(out, 'E1205', item.span, `${label}\`${item.raw}\` stands twice in the list`, ['keep one of them']);
    seen.add(item.value);
  }
}

function explainMapping(schema: JsonSchema, node: YamlMapping, holder: Holder, out: Out): void {
  const properties = schema.properties ?? {};
  const names = Object.keys(properties);
  const what = describeSchema(schema);
  const present = new Map(node.entries.map((entry) => [entry.key, entry]));
  const slips: YamlEntry[] = [];
  for (const entry of node.entries) {
    const property = Object.hasOwn(properties, entry.key) ? properties[entry.key] : undefined;
    const value = property ?? schema.additionalProperties;
    if (value === false) {
      slips.push(entry);
      reportUnknown(entry, what, names, node, out);
    } else if (value) explain(value, entry.value, { key: entry.key, at: entry.keySpan }, out);
  }
  const at =
    holder.key === undefined && node.entries[0] && holder.at.start.offset === node.span.start.offset
      ? node.entries[0].keySpan
      : holder.at;
  const meant = new Set(slips.map(({ key }) => hintsForUnknown(key, names, names)[0]));
  for (const key of schema.required ?? []) {
    // A key written otherwise has been reported: it is not missing as well.
    if (meant.has(`did you mean \`${key}\`?`) || meant.has(`here it is called \`${key}\``)) continue;
    if (!present.has(key))
      report(out, 'E1202', at, `missing key \`${key}\` in ${what}`, hintsForMissing(key, properties[key]));
  }
  if (node.entries.length < (schema.minProperties ?? 0)) {
    const label = holder.key === undefined ? '' : `\`${holder.key}\`: `;
    report(out, 'E1202', holder.at, `${label}expected at least one key, found none`, suggestNames('', names));
  }
  explainTogether(schema, present, out);
}

function explainTogether(schema: JsonSchema, present: ReadonlyMap<string, YamlEntry>, out: Out): void {
  for (const { not } of schema.allOf ?? []) {
    const [a, b] = not.required;
    const first = present.get(a);
    const second = present.get(b);
    if (!first || !second) continue;
    const later = first.keySpan.start.offset > second.keySpan.start.offset ? first : second;
    report(out, 'E1206', later.keySpan, `keys \`${a}\` and \`${b}\` exclude one another`, ['keep one of them']);
  }
  for (const [key, needed] of Object.entries(schema.dependencies ?? {})) {
    const entry = present.get(key);
    for (const other of needed) {
      if (entry && !present.has(other)) {
        const hints = hintsForMissing(other, schema.properties?.[other]);
        report(out, 'E1202', entry.keySpan, `\`${key}\` needs \`${other}\` beside it`, hints);
      }
    }
  }
}

function reportUnknown(entry: YamlEntry, what: string, names: readonly string[], node: YamlMapping, out: Out): void {
  const used = new Set(node.entries.map(({ key }) => key));
  const free = names.filter((name) => !used.has(name));
  report(
    out,
    'E1203',
    entry.keySpan,
    `unknown key \`${entry.key}\` in ${what}`,
    hintsForUnknown(entry.key, free, names),
  );
}
