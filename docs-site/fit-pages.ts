import { type PageHead, pageBudget, renderPage, renderWithin } from './page.ts';
import type { SiteContext } from './site-context.ts';
import type { SiteFile } from './site-types.ts';

/** A part of a page that may move to pages of its own. */
export interface Part {
  readonly name: 'cells' | 'sql' | 'rows' | 'columns' | 'tests' | 'examples' | 'lineage' | 'flow';
  readonly partial: string;
  readonly heading: string;
  readonly items: readonly object[];
  /** Items of a page, to be tried in this order. */
  readonly sizes?: readonly number[];
  /** What the partial is shown with for some of the items. */
  readonly viewOf: (items: readonly object[]) => object;
}

/** A page of a definition before it is drawn. */
export interface PagePlan {
  readonly template: string;
  readonly head: PageHead;
  readonly view: object & { readonly label: string };
  /** What may move, the first to go first. */
  readonly parts: readonly Part[];
}

/** Moves parts, in the given order, until the page fits its budget. */
export function fitPages(site: SiteContext, { template, head, view, parts }: PagePlan): readonly SiteFile[] {
  const elsewhere: Record<string, string> = {};
  const moved: SiteFile[] = [];
  const order = parts.filter((part) => part.items.length > 0);
  for (;;) {
    const page = renderPage(site, template, head, { ...view, elsewhere });
    const next = Buffer.byteLength(page.content) > pageBudget ? order.shift() : undefined;
    if (next === undefined) return [page, ...moved];
    const pages = movePart(site, head, view.label, next);
    elsewhere[next.name] = fileName(pages[0]!.path);
    moved.push(...pages);
  }
}

/** The pages of one part, beside the page that it belongs to. */
export function movePart(site: SiteContext, head: PageHead, label: string, part: Part): readonly SiteFile[] {
  const sizes = part.sizes ?? [50, 25, 12, 6, 3, 1];
  return renderWithin(sizes, (size) => partPages(site, head, label, part, size));
}

function partPages(site: SiteContext, head: PageHead, label: string, part: Part, size: number): readonly SiteFile[] {
  const chunks = Array.from({ length: Math.ceil(part.items.length / size) }, (_, index) =>
    part.items.slice(index * size, (index + 1) * size),
  );
  const stem = head.path.replace(/\.html$/, `.${part.name}`);
  const pathOf = (index: number): string => `${stem}${index === 0 ? '' : `-${index + 1}`}.html`;
  const heading = `${label}: ${part.heading}`;
  const linkOf = (at: number, current: number) => ({
    number: at + 1,
    href: fileName(pathOf(at)),
    current: at === current,
    label: `${part.heading} ${at + 1}`,
  });
  return chunks.map((items, index) =>
    renderPage(
      site,
      'part',
      { path: pathOf(index), title: heading, ...(head.section ? { section: head.section } : {}) },
      {
        ...part.viewOf(items),
        partial: part.partial,
        heading,
        backHref: fileName(head.path),
        backLabel: label,
        pages: chunks.length === 1 ? [] : chunks.map((_, at) => linkOf(at, index)),
      },
    ),
  );
}

function fileName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
