import { labelOf, type SiteContext, sentenceOf } from './site-context.ts';
import { definitionPath, type PageKind } from './site-path.ts';
import { type TrustState, trustOfMetric, trustOfModel, trustOfSegment } from './trust.ts';

/** A definition that has a page, as lists, the search and programs name it. */
export interface DefinitionEntry {
  readonly kind: PageKind;
  readonly name: string;
  readonly label: string;
  /** Metric, segment, or the layer of a model, in the site's language. */
  readonly word: string;
  readonly sentence?: string;
  readonly owner?: string;
  /** From the site's folder. */
  readonly path: string;
  readonly state: TrustState;
  /** Other words that it is found by. */
  readonly words: string;
}

const known = new WeakMap<SiteContext, readonly DefinitionEntry[]>();

/** Metrics, then segments, then models. */
export function definitionEntries(site: SiteContext): readonly DefinitionEntry[] {
  const entries = known.get(site) ?? listEntries(site);
  known.set(site, entries);
  return entries;
}

function listEntries(site: SiteContext): readonly DefinitionEntry[] {
  const { metrics, segments, models } = site.input.manifest;
  const { t } = site;
  return [
    ...metrics.map((metric) =>
      entry(site, 'metric', metric, {
        label: labelOf(metric),
        word: t('layer.metric'),
        state: trustOfMetric(site, metric).state,
      }),
    ),
    ...segments.map((segment) =>
      entry(site, 'segment', segment, {
        label: labelOf(segment),
        word: t('layer.segment'),
        state: trustOfSegment(site, segment).state,
      }),
    ),
    ...models.map((model) =>
      entry(site, 'model', model, {
        label: model.title ?? model.name,
        word: t(`layer.${model.layer}`),
        state: trustOfModel(site, model.name).state,
        words: model.columns.map((column) => column.name).join(' '),
      }),
    ),
  ];
}

function entry(
  site: SiteContext,
  kind: PageKind,
  definition: { readonly name: string; readonly description?: string; readonly owner?: string },
  { words = '', ...rest }: Pick<DefinitionEntry, 'label' | 'word' | 'state'> & { readonly words?: string },
): DefinitionEntry {
  const sentence = sentenceOf(site, definition.description);
  return {
    kind,
    name: definition.name,
    ...rest,
    ...(sentence === undefined ? {} : { sentence }),
    ...(definition.owner === undefined ? {} : { owner: definition.owner }),
    path: definitionPath(kind, definition.name),
    words,
  };
}
