import type { Event, ScalarEvent } from 'js-yaml';
import { EVENT_ID, SCALAR_STYLE } from 'js-yaml';
import type { Code } from '../diagnostic/codes.ts';
import type { Diagnostic, Span } from '../diagnostic/diagnostic.ts';
import { diagnostic } from '../diagnostic/diagnostic.ts';
import { decodeScalar } from './decode-scalar.ts';
import type { LineStarts } from './line-index.ts';
import { spanAt } from './line-index.ts';
import type { Ground } from './placed-node.ts';
import { DecodedPlacedScalar, PlacedEntry, PlacedMapping, PlacedScalar, PlacedSequence } from './placed-node.ts';
import { resolveScalar } from './resolve-scalar.ts';
import type { SourceFile, YamlEntry, YamlNode, YamlScalar } from './source-file.ts';

const forbiddenKeys = new Set(['__proto__', 'constructor', 'prototype']);

export interface Tree {
  /** Of the first document. */
  readonly root: YamlNode | undefined;
  readonly diagnostics: readonly Diagnostic[];
  readonly secondDocument: number;
}

/** js-yaml's events as a tree with spans. Aliases, anchors, tags, forbidden and repeated keys are refused. */
export function buildTree(file: SourceFile, starts: LineStarts, events: readonly Event[]): Tree {
  const builder = new TreeBuilder(file, starts, events);
  const root = builder.document();
  return { root, diagnostics: builder.diagnostics, secondDocument: builder.nextContent() };
}

function report(out: Diagnostic[], code: Code, message: string, span: Span, ...hints: readonly string[]): void {
  out.push(diagnostic(code, message, { span, hints }));
}

/** Finds a key that stands twice. Most mappings are so small that looking through them beats an index. */
class KeysSeen {
  readonly #few: YamlEntry[] = [];
  #many: Map<string, YamlEntry> | undefined;

  /** The entry that had the key before. */
  add(entry: YamlEntry): YamlEntry | undefined {
    const { key } = entry;
    const before = this.#many ? this.#many.get(key) : this.#few.find((one) => one.key === key);
    if (before) return before;
    if (this.#many) this.#many.set(key, entry);
    else if (this.#few.push(entry) > 16) this.#many = new Map(this.#few.map((one) => [one.key, one]));
    return undefined;
  }
}

/**
 * Events say where a value begins, and where a scalar ends, but not where an empty value stands or a collection ends: `#end` follows the text for that.
 */
class TreeBuilder {
  readonly diagnostics: Diagnostic[] = [];
  readonly #file: SourceFile;
  readonly #ground: Ground;
  readonly #events: readonly Event[];
  readonly #anchors = new Set<string>();
  #next = 0;
  /** Offset just past what has been read. */
  #end = 0;

  constructor(file: SourceFile, starts: LineStarts, events: readonly Event[]) {
    this.#file = file;
    this.#ground = { path: file.path, starts };
    this.#events = events;
  }

  document(): YamlNode | undefined {
    this.#next++;
    const root = this.#atPop() ? undefined : this.#node();
    if (this.#atPop()) this.#next++;
    return root;
  }

  /** Where the text goes on after what has been read, comments and `---` left aside. */
  nextContent(): number {
    return Math.min(this.#skipBlank(this.#end), this.#file.text.length);
  }

  #atPop(): boolean {
    return this.#events[this.#next]?.type === EVENT_ID.POP;
  }

  #node(): YamlNode {
    const event = this.#events[this.#next++]!;
    switch (event.type) {
      case EVENT_ID.SCALAR:
        this.#refuseProperties(event);
        return this.#scalar(event);
      case EVENT_ID.MAPPING:
        this.#refuseProperties(event);
        return this.#mapping(event.start, event.style === 2);
      case EVENT_ID.SEQUENCE:
        this.#refuseProperties(event);
        return this.#sequence(event.start, event.style === 2);
      case EVENT_ID.ALIAS: {
        const span = this.#span(event.anchorStart - 1, event.anchorEnd);
        const text = this.#text(span);
        // Its anchor has been refused already: one report is enough for what may be a thousand aliases.
        if (!this.#anchors.has(text.slice(1))) {
          const hint = 'write the value out, or use Handlebars for repetition in SQL';
          report(this.diagnostics, 'E1103', `alias \`${text}\``, span, hint);
        }
        this.#end = event.anchorEnd;
        return new PlacedScalar(this.#ground, event.anchorStart - 1, event.anchorEnd, null, '', false);
      }
      default:
        throw new Error(`unexpected YAML event ${event.type}`);
    }
  }

  #refuseProperties(event: { anchorStart: number; anchorEnd: number; tagStart: number; tagEnd: number }): void {
    if (event.anchorStart !== -1) {
      const span = this.#span(event.anchorStart - 1, event.anchorEnd);
      const hint = 'write the value out where it is needed';
      report(this.diagnostics, 'E1103', `anchor \`${this.#text(span)}\``, span, hint);
      this.#anchors.add(this.#text(span).slice(1));
      this.#end = Math.max(this.#end, event.anchorEnd);
    }
    if (event.tagStart !== -1) {
      const span = this.#span(event.tagStart, event.tagEnd);
      const hint = 'a value in quotes is text, one without is read by its looks';
      report(this.diagnostics, 'E1101', `tag \`${this.#text(span)}\` is not read`, span, hint);
      this.#end = Math.max(this.#end, event.tagEnd);
    }
  }

  #scalar(event: ScalarEvent): YamlScalar {
    if (event.valueStart === -1) return new PlacedScalar(this.#ground, this.#end, this.#end, null, '', false);
    const { text } = this.#file;
    const quoted = event.style !== SCALAR_STYLE.PLAIN;
    const inQuotes = event.style === SCALAR_STYLE.SINGLE_QUOTED || event.style === SCALAR_STYLE.DOUBLE_QUOTED;
    const { valueStart: start, valueEnd: end } = event;
    this.#end = inQuotes ? end + 1 : end;
    if (event.fast) {
      const raw = text.slice(start, end);
      return new PlacedScalar(this.#ground, start, end, quoted ? raw : resolveScalar(raw), raw, quoted);
    }
    const { value: raw, offsets } = decodeScalar(text, event);
    const first = offsets[0]!;
    const last = inQuotes || raw === '' ? Math.max(end, first) : offsets.at(-1)!;
    return new DecodedPlacedScalar(this.#ground, first, last, quoted ? raw : resolveScalar(raw), raw, quoted, offsets);
  }

  #mapping(start: number, flow: boolean): YamlNode {
    this.#end = Math.max(this.#end, start);
    const braces = flow && this.#file.text[start] === '{';
    if (braces) this.#end = start + 1;
    const entries: YamlEntry[] = [];
    const seen = new KeysSeen();
    while (!this.#atPop()) {
      const key = this.#node();
      this.#passColon();
      const value = this.#node();
      if (key.kind === 'scalar') {
        const entry = new PlacedEntry(key, value);
        this.#checkKey(entry, seen.add(entry));
        entries.push(entry);
      } else report(this.diagnostics, 'E1201', 'expected a name as key, found a collection', key.span);
    }
    this.#next++;
    this.#close(braces, '}');
    return new PlacedMapping(this.#ground, start, Math.max(start, this.#end), entries);
  }

  #checkKey(entry: YamlEntry, before: YamlEntry | undefined): void {
    const { key } = entry;
    if (forbiddenKeys.has(key)) {
      report(this.diagnostics, 'E1104', `key \`${key}\` is not allowed`, entry.keySpan, 'choose another name');
    } else if (key === '<<') {
      report(this.diagnostics, 'E1103', 'merge key `<<`', entry.keySpan, 'write the keys out where they are needed');
    } else if (before) {
      const { file, start } = before.keySpan;
      const hint = `the first one is at ${file}:${start.line}:${start.column}`;
      report(this.diagnostics, 'E1102', `key \`${key}\` stands twice in the same place`, entry.keySpan, hint);
    }
  }

  #sequence(start: number, flow: boolean): YamlNode {
    this.#end = Math.max(this.#end, flow ? start + 1 : start);
    const items: YamlNode[] = [];
    while (!this.#atPop()) {
      if (!flow) this.#passDash();
      items.push(this.#node());
    }
    this.#next++;
    this.#close(flow, ']');
    return new PlacedSequence(this.#ground, start, Math.max(start, this.#end), items);
  }

  #passColon(): void {
    const at = this.#skipBlank(this.#end);
    if (this.#file.text[at] === ':') this.#end = at + 1;
  }

  #passDash(): void {
    const at = this.#skipBlank(this.#end);
    if (this.#file.text[at] === '-') this.#end = at + 1;
  }

  #close(flow: boolean, bracket: string): void {
    if (!flow) return;
    let at = this.#skipBlank(this.#end);
    if (this.#file.text[at] === ',') at = this.#skipBlank(at + 1);
    if (this.#file.text[at] === bracket) this.#end = at + 1;
  }

  /** Past white space, line breaks and comments. */
  #skipBlank(from: number): number {
    const { text } = this.#file;
    let at = from;
    for (;;) {
      const unit = text.charCodeAt(at);
      if (unit === 32 || unit === 9 || unit === 10 || unit === 13) at++;
      else if (unit === 35) while (at < text.length && text[at] !== '\n' && text[at] !== '\r') at++;
      else return at;
    }
  }

  #span(start: number, end: number): Span {
    return spanAt(this.#ground.starts, this.#file.path, start, end);
  }

  #text(span: Span): string {
    return this.#file.text.slice(span.start.offset, span.end.offset);
  }
}
