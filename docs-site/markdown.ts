import MarkdownIt from 'markdown-it';

export interface Markdown {
  /** HTML of a description. No HTML of the author's passes, and no image: a page asks for nothing from outside. */
  readonly html: (text: string) => string;
  /** HTML of a whole page, whose title stands above: its headings are headings, and links to other such pages lead to them. */
  readonly page: (text: string, hrefOf: (link: string) => string) => string;
  /** The text without marks, on one line. */
  readonly plain: (text: string) => string;
  /** HTML of one line in which only `code` is marked, as in the words that the compiler writes. */
  readonly words: (text: string) => string;
}

/** What all texts have in common. */
function makeBase() {
  const markdown = new MarkdownIt({ html: false, linkify: false, typographer: false }).disable('image');
  markdown.renderer.rules.table_open = () => '<div class="table-scroll" tabindex="0"><table>';
  markdown.renderer.rules.table_close = () => '</table></div>';
  return markdown;
}

export function makeMarkdown(): Markdown {
  const markdown = makeBase();
  const pages = makeBase();
  for (const rule of ['heading_open', 'heading_close'] as const)
    pages.renderer.rules[rule] = (tokens, index, options, _env, self) => {
      const token = tokens[index]!;
      if (token.tag === 'h1') token.tag = 'h2';
      return self.renderToken(tokens, index, options);
    };
  pages.renderer.rules.link_open = (tokens, index, options, env, self) => {
    const token = tokens[index]!;
    token.attrSet('rel', 'noopener noreferrer');
    token.attrSet('href', (env as { hrefOf: (link: string) => string }).hrefOf(String(token.attrGet('href') ?? '')));
    return self.renderToken(tokens, index, options);
  };
  // A description stands below a heading of the page whose level it cannot know: its own headings become bold lines.
  markdown.renderer.rules.heading_open = () => '<p class="md-heading">';
  markdown.renderer.rules.heading_close = () => '</p>\n';
  markdown.renderer.rules.link_open = (tokens, index, options, _env, self) => {
    tokens[index]!.attrSet('rel', 'noopener noreferrer');
    return self.renderToken(tokens, index, options);
  };
  const codeOnly = new MarkdownIt('zero').enable('backticks');
  const cache = new Map<string, string>();
  return {
    words: (text) => codeOnly.renderInline(text),
    html: (text) => markdown.render(text),
    page: (text, hrefOf) => pages.render(text, { hrefOf }),
    plain: (text) => {
      const known = cache.get(text);
      if (known !== undefined) return known;
      const words: string[] = [];
      for (const token of markdown.parse(text, {})) {
        for (const child of token.children ?? [])
          words.push(child.type === 'softbreak' || child.type === 'hardbreak' ? ' ' : child.content);
        if (token.type === 'fence' || token.type === 'code_block') words.push(token.content);
        if (token.type.endsWith('_close')) words.push(' ');
      }
      const plain = words.join('').replace(/\s+/g, ' ').trim();
      cache.set(text, plain);
      return plain;
    },
  };
}

/** A full stop ends a sentence where a capital, a digit, a quote or nothing follows: "e.g. this" goes on. */
export function firstSentence(text: string): string {
  const end = /[.!?…](?=["»”)]?(\s+["«“(]?[\p{Lu}\d]|\s*$))/u.exec(text);
  return end ? text.slice(0, end.index + 1) : text;
}

/** What a description says after its first sentence, or undefined; a sentence with marks in it stays, it is shown without them above. */
export function afterSentence(description: string, sentence: string): string | undefined {
  const text = description.trim();
  const rest = text.startsWith(sentence) ? text.slice(sentence.length).trim() : text;
  return rest === '' ? undefined : rest;
}
