import type { Located, Span } from '../diagnostic/diagnostic.ts';
import type { SqlText, YamlEntry, YamlMapping, YamlNode, YamlScalar } from '../source/source-file.ts';

/*
 * Reading a tree whose shape the schema has found right: what is asked for here is there, or the schema and this folder disagree, which is a fault of ours.
 */

export function findEntry(mapping: YamlMapping, key: string): YamlEntry | undefined {
  return mapping.entries.find((entry) => entry.key === key);
}

export function findNode(mapping: YamlMapping, key: string): YamlNode | undefined {
  return findEntry(mapping, key)?.value;
}

export function getNode(mapping: YamlMapping, key: string): YamlNode {
  const node = findNode(mapping, key);
  if (!node) throw new Error(`the schema let pass a mapping without \`${key}\``);
  return node;
}

export function getScalar(node: YamlNode): YamlScalar {
  if (node.kind !== 'scalar') throw new Error(`the schema let pass a ${node.kind} where a scalar stands`);
  return node;
}

export function getMapping(node: YamlNode): YamlMapping {
  if (node.kind !== 'mapping') throw new Error(`the schema let pass a ${node.kind} where a mapping stands`);
  return node;
}

/** Entries of a mapping that may be left out. */
export function entriesOf(node: YamlNode | undefined): readonly YamlEntry[] {
  return node?.kind === 'mapping' ? node.entries : [];
}

/** Items of a list; a single value is a list of one, a missing one a list of none. */
export function itemsOf(node: YamlNode | undefined): readonly YamlNode[] {
  if (!node) return [];
  return node.kind === 'sequence' ? node.items : [node];
}

export function textOf(node: YamlNode): string {
  return getScalar(node).raw;
}

export function findText(mapping: YamlMapping, key: string): string | undefined {
  const node = findNode(mapping, key);
  return node && textOf(node);
}

export function getText(mapping: YamlMapping, key: string): string {
  return textOf(getNode(mapping, key));
}

export function findNumber(mapping: YamlMapping, key: string): number | undefined {
  const node = findNode(mapping, key);
  return node && Number(getScalar(node).value);
}

export function findFlag(mapping: YamlMapping, key: string): boolean | undefined {
  const node = findNode(mapping, key);
  return node && getScalar(node).value === true;
}

export function textsOf(node: YamlNode | undefined): readonly string[] {
  return itemsOf(node).map(textOf);
}

export function locate(node: YamlNode): Located<string> {
  return { value: textOf(node), span: node.span };
}

export function locateAll(node: YamlNode | undefined): readonly Located<string>[] {
  return itemsOf(node).map(locate);
}

export function getLocated(mapping: YamlMapping, key: string): Located<string> {
  return locate(getNode(mapping, key));
}

export function findLocated(mapping: YamlMapping, key: string): Located<string> | undefined {
  const node = findNode(mapping, key);
  return node && locate(node);
}

/** A scalar as SQL, such that a place in it can be told in the file. */
export function sqlOf(node: YamlNode): SqlText {
  const { raw, span, offsets, lineStarts } = getScalar(node);
  return { text: raw, span, ...(offsets ? { offsets } : {}), ...(lineStarts ? { lineStarts } : {}) };
}

export function findSql(mapping: YamlMapping, key: string): SqlText | undefined {
  const node = findNode(mapping, key);
  return node && sqlOf(node);
}

export function getSql(mapping: YamlMapping, key: string): SqlText {
  return sqlOf(getNode(mapping, key));
}

/** `changes: {2: …}`: version → sentence. */
export function dictionaryOf(node: YamlNode | undefined): Readonly<Record<string, string>> {
  return Object.fromEntries(entriesOf(node).map(({ key, value }) => [key, textOf(value)]));
}

/** The place of a definition: from its key to its end. */
export function spanOfEntry(entry: YamlEntry): Span {
  return { file: entry.keySpan.file, start: entry.keySpan.start, end: entry.value.span.end };
}
