import type { YamlMapping, YamlNode } from '../source/source-file.ts';
import { accepts, resolveRef } from './describe-schema.ts';
import type { JsonSchema } from './json-schema.ts';

/** Which of several forms the author meant. */
export type BranchChoice =
  | { readonly form: 'fits' }
  | { readonly form: 'branch'; readonly branch: JsonSchema }
  /** No form takes such a kind of value. */
  | { readonly form: 'kind' }
  /** A mapping with none of the keys that tell the forms apart. */
  | { readonly form: 'undecided'; readonly keys: readonly string[]; readonly properties: readonly string[] };

export function chooseBranch(
  branches: readonly JsonSchema[],
  node: YamlNode,
  fits: (schema: JsonSchema, node: YamlNode) => boolean,
): BranchChoice {
  const flat = branches.flatMap(flatten).filter((branch) => accepts(branch, node));
  if (flat.length === 0) return { form: 'kind' };
  if (node.kind !== 'mapping')
    return flat.some((branch) => fits(branch, node)) ? { form: 'fits' } : { form: 'branch', branch: flat[0]! };
  const ranked = flat.map((branch) => ({ branch, score: scoreOf(branch, node) })).sort((a, b) => b.score - a.score);
  const best = ranked[0]!;
  // Only forms whose every needed key is there can fit; trying no others keeps nested conditions from being walked again and again.
  if (ranked.some(({ branch }) => hasRequired(branch, node) && fits(branch, node))) return { form: 'fits' };
  if (flat.length === 1 || tellsApart(best.branch, node)) return { form: 'branch', branch: best.branch };
  const keys = [...new Set(flat.map((branch) => (branch.required ?? [])[0] ?? ''))].filter((key) => key !== '');
  const properties = [...new Set(flat.flatMap((branch) => Object.keys(branch.properties ?? {})))];
  return { form: 'undecided', keys, properties };
}

function flatten(branch: JsonSchema): JsonSchema[] {
  const schema = resolveRef(branch);
  return schema.anyOf ? schema.anyOf.flatMap(flatten) : [schema];
}

/** Needed keys that are there weigh most, keys that the form does not know weigh against it. */
function scoreOf(branch: JsonSchema, node: YamlMapping): number {
  const required = branch.required ?? [];
  const present = required.filter((key) => node.entries.some((entry) => entry.key === key)).length;
  const unknown = node.entries.filter(({ key }) => !Object.hasOwn(branch.properties ?? {}, key)).length;
  return 100 * present - 1000 * contradictions(branch, node) - 10 * (required.length - present) - unknown;
}

/** Keys with one possible value, such as `engine`, that have another. */
function contradictions(branch: JsonSchema, node: YamlMapping): number {
  return node.entries.filter(({ key, value }) => {
    const expected = branch.properties?.[key]?.const;
    return expected !== undefined && value.kind === 'scalar' && value.value !== expected;
  }).length;
}

function hasRequired(branch: JsonSchema, node: YamlMapping): boolean {
  return (branch.required ?? []).every((key) => node.entries.some((entry) => entry.key === key));
}

function tellsApart(branch: JsonSchema, node: YamlMapping): boolean {
  return (branch.required ?? []).some((key) => node.entries.some((entry) => entry.key === key));
}
