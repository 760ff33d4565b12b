import type { Event } from 'js-yaml';
import { EVENT_ID, parseEvents, YAMLException } from 'js-yaml';
import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import { diagnostic } from '../diagnostic/diagnostic.ts';
import { buildTree } from './build-tree.ts';
import { type CutValue, findCutBefore, findCutValue, quoteValue } from './cut-value.ts';
import { findUnclosed } from './find-unclosed.ts';
import type { LineStarts } from './line-index.ts';
import { fileSpan, indexLines, spanAt } from './line-index.ts';
import type { SourceFile, YamlMapping } from './source-file.ts';

const maxDepth = 64;

export interface ParsedYaml {
  /** Absent where there were errors. An empty file is an empty mapping. */
  readonly root?: YamlMapping;
  readonly diagnostics: readonly Diagnostic[];
}

/** One YAML file as a tree in which every key and value has its place. Never throws. */
export function parseYaml(file: SourceFile): ParsedYaml {
  const starts = indexLines(file.text);
  let events: Event[];
  try {
    events = parseEvents(file.text, { maxDepth });
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    return { diagnostics: [syntaxError(file, starts, error)] };
  }
  if (events.length === 0)
    return { root: { kind: 'mapping', entries: [], span: fileSpan(file.path) }, diagnostics: [] };
  const tree = buildTree(file, starts, events);
  if (tree.diagnostics.length > 0) return { diagnostics: tree.diagnostics };
  if (countDocuments(events) > 1) {
    const span = spanAt(starts, file.path, tree.secondDocument, tree.secondDocument);
    const detail = { span, hints: ['put each document into a file of its own'] };
    return { diagnostics: [diagnostic('E1106', 'a second YAML document begins here', detail)] };
  }
  const cut = tree.root && findCutValue(tree.root, file.text);
  return cut ? { diagnostics: [cutError(file, starts, cut)] } : rootMapping(file, tree.root);
}

function rootMapping(file: SourceFile, root: ReturnType<typeof buildTree>['root']): ParsedYaml {
  if (root?.kind === 'mapping') return { root, diagnostics: [] };
  if (root === undefined || (root.kind === 'scalar' && root.raw === '' && !root.quoted)) {
    return { root: { kind: 'mapping', entries: [], span: fileSpan(file.path) }, diagnostics: [] };
  }
  const found = root.kind === 'sequence' ? 'a list' : 'a single value';
  const hints = ['a file of definitions begins with `key: value`'];
  return {
    diagnostics: [diagnostic('E1201', `expected keys with values, found ${found}`, { span: root.span, hints })],
  };
}

function countDocuments(events: readonly Event[]): number {
  let count = 0;
  for (const event of events) if (event.type === EVENT_ID.DOCUMENT) count++;
  return count;
}

function syntaxError(file: SourceFile, starts: LineStarts, error: YAMLException): Diagnostic {
  const at = Math.min(error.mark?.position ?? 0, file.text.length);
  const span = spanAt(starts, file.path, at, at);
  if (error.reason.startsWith('nesting exceeded')) {
    return diagnostic('E1105', `nested more than ${maxDepth} levels deep`, {
      span,
      hints: ['no definition is as deep: is a bracket opened again and again?'],
    });
  }
  const sign = file.text[at] ?? '';
  if (error.reason.startsWith('missed comma') && '%@`'.includes(sign)) {
    const hints = ['put the value in quotes'];
    return diagnostic('E1101', `a value cannot begin with \`${sign}\``, { span, hints });
  }
  const unclosed = mayBeUnclosed(error.reason) ? findUnclosed(file.text, at) : undefined;
  const cut = unclosed?.sign === '{' ? findCutBefore(file.text, unclosed.at, at) : undefined;
  if (cut) return cutError(file, starts, cut);
  if (unclosed) {
    const hints = [`add \`${closing[unclosed.sign]}\` where the value ends`];
    return diagnostic('E1101', `\`${unclosed.sign}\` is never closed`, {
      span: spanAt(starts, file.path, unclosed.at, unclosed.at + 1),
      hints,
    });
  }
  return diagnostic('E1101', rewordings[error.reason] ?? error.reason, { span, hints: hintsFor(error.reason) });
}

function cutError(file: SourceFile, starts: LineStarts, cut: CutValue): Diagnostic {
  return diagnostic('E1101', 'between braces a value ends at the first comma', {
    span: spanAt(starts, file.path, cut.start, cut.end),
    hints: [`put it in quotes: \`${quoteValue(file.text, cut)}\``],
  });
}

const closing = { '[': ']', '{': '}', "'": "'", '"': '"' };

/** A bracket or quote left open is noticed by its parser lines below, if by the indentation there, or at the end of the file. */
function mayBeUnclosed(reason: string): boolean {
  return /^(deficient indentation|missed comma|unexpected end of the (stream|document) within)/.test(reason);
}

const rewordings: Readonly<Record<string, string>> = {
  'bad indentation of a mapping entry': 'this line does not fit the indentation or the value before it',
  'bad indentation of a sequence entry': 'this list item does not fit the indentation of its list',
  'tab characters must not be used in indentation': 'a tab in the indentation',
  'can not read a block mapping entry; a multiline key may not be an implicit key': 'a line without `key:`',
  'missed comma between flow collection entries': 'a comma is missing between two entries',
  'unknown escape sequence': 'unknown escape after `\\`',
  'deficient indentation': 'a value goes on with less indentation than its key needs',
  'null byte is not allowed in input': 'a null byte',
  'the stream contains non-printable characters': 'a character that cannot be printed',
  'end of the stream or a document separator is expected': 'text after the end of the value',
};

const quoting = 'a value that holds `: `, ` #`, a comma or a bracket stands in quotes';

function hintsFor(reason: string): string[] {
  if (reason.startsWith('tab ')) return ['indent by spaces'];
  if (reason.startsWith('bad indentation')) return ['keys of one level begin in the same column', quoting];
  if (reason.startsWith('can not read') || reason.startsWith('missed comma')) return [quoting];
  if (reason === 'deficient indentation') return ['indent it deeper than its key'];
  if (reason === 'unknown escape sequence') return ["in single quotes a `\\` is an ordinary character: '\\d+'"];
  if (reason.startsWith('null byte') || reason.startsWith('the stream contains')) return ['remove it'];
  return ['a definition is `key: value`, a line each; text with signs in it stands in quotes'];
}
