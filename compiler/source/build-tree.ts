import type { Event, ScalarEvent } from 'js-yaml';
import { EVENT_ID, SCALAR_STYLE } from 'js-yaml';
import type { Diagnostic, Span } from '../diagnostic/diagnostic.ts';
import { diagnostic } from '../diagnostic/diagnostic.ts';
import { decodeScalar } from './decode-scalar.ts';
import type { LineStarts } from './line-index.ts';
import { spanAt } from './line-index.ts';
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

/**
 * Events say where a value begins, and where a scalar ends, but not where an empty value stands or a collection ends: `#end` follows the text for that.
 */
class TreeBuilder {
  readonly diagnostics: Diagnostic[] = [];
  readonly #file: SourceFile;
  readonly #starts: LineStarts;
  readonly #events: readonly Event[];
  #next = 0;
  /** Offset just past what has been read. */
  #end = 0;

  constructor(file: SourceFile, starts: LineStarts, events: readonly Event[]) {
    this.#file = file;
    this.#starts = starts;
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
        const hints = ['write the value out, or use Handlebars for repetition in SQL'];
        this.diagnostics.push(diagnostic('E1103', `alias \`${this.#text(span)}\``, { span, hints }));
        this.#end = event.anchorEnd;
        return { kind: 'scalar', value: null, raw: '', quoted: false, span };
      }
      default:
        throw new Error(`unexpected YAML event ${event.type}`);
    }
  }

  #refuseProperties(event: { anchorStart: number; anchorEnd: number; tagStart: number; tagEnd: number }): void {
    if (event.anchorStart !== -1) {
      const span = this.#span(event.anchorStart - 1, event.anchorEnd);
      const hints = ['write the value out where it is needed'];
      this.diagnostics.push(diagnostic('E1103', `anchor \`${this.#text(span)}\``, { span, hints }));
      this.#end = Math.max(this.#end, event.anchorEnd);
    }
    if (event.tagStart !== -1) {
      const span = this.#span(event.tagStart, event.tagEnd);
      const hints = ['a value in quotes is text, one without is read by its looks'];
      this.diagnostics.push(diagnostic('E1101', `tag \`${this.#text(span)}\` is not read`, { span, hints }));
      this.#end = Math.max(this.#end, event.tagEnd);
    }
  }

  #scalar(event: ScalarEvent): YamlScalar {
    const { text, path } = this.#file;
    if (event.valueStart === -1) {
      const span = this.#span(this.#end, this.#end);
      return { kind: 'scalar', value: null, raw: '', quoted: false, span };
    }
    const quoted = event.style !== SCALAR_STYLE.PLAIN;
    const inQuotes = event.style === SCALAR_STYLE.SINGLE_QUOTED || event.style === SCALAR_STYLE.DOUBLE_QUOTED;
    this.#end = event.valueEnd + (inQuotes ? 1 : 0);
    if (event.fast) {
      const raw = text.slice(event.valueStart, event.valueEnd);
      const span = spanAt(this.#starts, path, event.valueStart, event.valueEnd);
      return { kind: 'scalar', value: quoted ? raw : resolveScalar(raw), raw, quoted, span };
    }
    const { value: raw, offsets } = decodeScalar(text, event);
    const span = this.#span(
      offsets[0]!,
      inQuotes || raw === '' ? Math.max(event.valueEnd, offsets[0]!) : offsets.at(-1)!,
    );
    return {
      kind: 'scalar',
      value: quoted ? raw : resolveScalar(raw),
      raw,
      quoted,
      span,
      offsets,
      lineStarts: this.#starts,
    };
  }

  #mapping(start: number, flow: boolean): YamlNode {
    this.#end = Math.max(this.#end, start);
    if (flow && this.#file.text[start] === '{') this.#end = start + 1;
    const entries: YamlEntry[] = [];
    const seen = new Map<string, Span>();
    while (!this.#atPop()) {
      const key = this.#node();
      if (key.kind !== 'scalar')
        this.diagnostics.push(diagnostic('E1201', 'expected a name as key, found a collection', { span: key.span }));
      this.#passColon();
      const value = this.#node();
      if (key.kind !== 'scalar') continue;
      this.#checkKey(key.raw, key.span, seen);
      entries.push({ key: key.raw, keySpan: key.span, value });
    }
    this.#next++;
    this.#close(flow && this.#file.text[start] === '{', '}');
    return { kind: 'mapping', entries, span: this.#span(start, Math.max(start, this.#end)) };
  }

  #checkKey(key: string, span: Span, seen: Map<string, Span>): void {
    const before = seen.get(key);
    if (forbiddenKeys.has(key)) {
      this.diagnostics.push(
        diagnostic('E1104', `key \`${key}\` is not allowed`, { span, hints: ['choose another name'] }),
      );
    } else if (before) {
      const hints = [`the first one is at ${before.file}:${before.start.line}:${before.start.column}`];
      this.diagnostics.push(diagnostic('E1102', `key \`${key}\` stands twice in the same place`, { span, hints }));
    } else seen.set(key, span);
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
    return { kind: 'sequence', items, span: this.#span(start, Math.max(start, this.#end)) };
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
    return spanAt(this.#starts, this.#file.path, start, end);
  }

  #text(span: Span): string {
    return this.#file.text.slice(span.start.offset, span.end.offset);
  }
}
