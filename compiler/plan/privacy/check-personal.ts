import type { Definitions } from '../../definition/definitions.ts';
import { type Diagnostic, diagnostic, type Span } from '../../diagnostic/diagnostic.ts';
import type { Catalog } from '../catalog.ts';
import { resolveColumn } from '../joins.ts';
import { describePath } from './describe-path.ts';
import { findPersonalColumn, type PersonalColumn, type PersonalColumns, pseudonym } from './personal-columns.ts';

/**
 * Personal data stays in the raw and clean layers. In the marts stand pseudonyms (`id`) alone, to count and to join by; they too are no dimension, and leave by an
 * export only as the key of its members.
 */
export function checkPersonal(definitions: Definitions, catalog: Catalog, personal: PersonalColumns): Diagnostic[] {
  if (personal.size === 0) return [];
  return [
    ...checkMarts(definitions, personal),
    ...checkCohorts(definitions, catalog, personal),
    ...checkExports(definitions, personal),
  ];
}

/** `what`: the sentence up to what is personal. */
export function untreated(
  what: string,
  column: PersonalColumn,
  tags: readonly string[],
  span: Span,
  mends: readonly string[] = [],
): Diagnostic {
  const words = tags.map((tag) => `\`${tag}\``).join(', ');
  return diagnostic('E1801', `${what} personal data (${words}) that nothing has treated`, {
    span,
    hints: [
      ...tags.map((tag) => `it comes by ${describePath(column, tag)}`),
      ...mends,
      'if it tells of nobody, say so at the column where that becomes so: `{pii: none, why: …}`',
    ],
  });
}

const marts = /^marts\./;

/** What must not stand in the marts. */
export function openTags({ tags }: PersonalColumn): readonly string[] {
  return [...tags.keys()].filter((tag) => tag !== pseudonym).sort();
}

/** Told once, where it comes into the marts. */
function checkMarts({ models }: Definitions, personal: PersonalColumns): Diagnostic[] {
  return models.flatMap((model) => {
    if (model.layer !== 'marts') return [];
    return [...(personal.get(model.name)?.values() ?? [])].flatMap((column) => {
      const entered = openTags(column).filter((tag) => {
        const from = column.tags.get(tag);
        return !from || !marts.test(from.model);
      });
      if (entered.length === 0) return [];
      const name = column.column;
      const above = column.tags.get(entered[0]!)?.column ?? name;
      const mends = [
        `leave it out, count it (\`count(distinct ${above})\`), or hash it in a clean model: \`{hash: ${above}}\``,
      ];
      return [untreated(`\`${model.name}.${name}\` is`, column, entered, column.span, mends)];
    });
  });
}

/** Is the column among those that `checkMarts` tells of, or made from one? */
export function isToldOf(column: PersonalColumn): boolean {
  return marts.test(column.model) && openTags(column).length > 0;
}

export const dimensionMends: readonly string[] = [
  'each of its values would be a row of results and of the dictionary: take it out of `by`',
];

function checkCohorts({ cohorts, activities }: Definitions, catalog: Catalog, personal: PersonalColumns): Diagnostic[] {
  return cohorts.flatMap((cohort) => {
    const anchor = activities.find(({ name }) => name === cohort.anchor.value);
    const base = anchor?.body.form === 'rows' ? catalog.models.get(anchor.body.from.value) : undefined;
    if (!base) return [];
    return cohort.by.flatMap(({ value: name, span }) => {
      const { column } = resolveColumn(catalog, base, name.split('.'));
      const found = column && findPersonalColumn(personal, column.model, column.column);
      if (!found || found.tags.size === 0 || isToldOf(found)) return [];
      const what = `the dimension \`${name}\` of cohort \`${cohort.name}\` is`;
      return [untreated(what, found, [...found.tags.keys()].sort(), span, dimensionMends)];
    });
  });
}

/** The members' key is what an export is for, and a pseudonym. */
function checkExports({ project, segments }: Definitions, personal: PersonalColumns): Diagnostic[] {
  return segments.flatMap(({ name, entity, export: share }) => {
    const { key, attributes } = project.entities.find((one) => one.name === entity.value) ?? {};
    if (attributes === undefined) return [];
    return (share?.columns ?? []).flatMap(({ value, span }) => {
      const column = findPersonalColumn(personal, attributes.value, value);
      if (!column || isToldOf(column)) return [];
      const tags = [...column.tags.keys()].filter((tag) => tag !== pseudonym || value !== key).sort();
      if (tags.length === 0) return [];
      const mends = [`hand out \`${key}\`: who receives it knows the rest`];
      return [untreated(`the export of segment \`${name}\` hands out \`${value}\`,`, column, tags, span, mends)];
    });
  });
}
