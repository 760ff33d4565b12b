import type { Confusions, ManifestMetric, ManifestModel, ManifestSegment } from '../compiler/index.ts';
import { type DefinitionEntry, definitionEntries } from './definition-entries.ts';
import { leftOutOf } from './left-out.ts';
import { headlineView, leastGroup } from './metric-values-view.ts';
import { reconcile } from './reconciliation.ts';
import { stepRows } from './reconciliation-view.ts';
import { shownSizes } from './segment-sizes.ts';
import { confusionsOf, isForAudience, modelStatus, type SiteContext } from './site-context.ts';
import type { SiteFile } from './site-types.ts';

/** A `.md` beside each page of a definition, with what the page says in words: for those who read text, people and programs. */
export function markdownTwins(site: SiteContext): readonly SiteFile[] {
  return definitionEntries(site).map((entry) => ({
    path: entry.path.replace(/\.html$/, '.md'),
    content: `${[...headOf(site, entry), ...bodyOf(site, entry)].join('\n').trimEnd()}\n`,
  }));
}

/** Text of an author on one line: a line break in it would begin a line that a reader could take for ours. */
function line(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

function headOf(site: SiteContext, { kind, name, label, word, state, owner }: DefinitionEntry): readonly string[] {
  const { t } = site;
  const definition = { metric: site.metrics, segment: site.segments, model: site.models }[kind].get(name);
  const description = definition?.description;
  return [
    `# ${line(label)}`,
    '',
    `${word} \`${name}\` · ${t(`trust.${state}`)} · ${t('fact.owner')}: ${line(owner ?? t('absent.owner'))}`,
    '',
    description === undefined ? t('absent.description') : line(site.markdown.plain(description)),
    '',
  ];
}

function bodyOf(site: SiteContext, { kind, name }: DefinitionEntry): readonly string[] {
  if (kind === 'metric') return metricLines(site, site.metrics.get(name)!);
  return kind === 'segment' ? segmentLines(site, site.segments.get(name)!) : modelLines(site, site.models.get(name)!);
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`## ${title}`, '', ...lines, ''];
}

function metricLines(site: SiteContext, metric: ManifestMetric): readonly string[] {
  const { t, format } = site;
  const values = site.values.get(metric.name);
  const headline = headlineView(site, metric, values);
  const asOf = values?.asOf === undefined ? '' : ` ${t('headline.as_of', { at: format.instant(values.asOf) })}`;
  return [
    ...section(t('section.value'), headline ? [`${headline.value} ${headline.period}.${asOf}`] : []),
    ...section(t('section.rule'), [
      ...metric.words[site.input.language].map((words) => `- ${line(words)}`),
      `- ${t('fact.formula')}: \`${line(metric.is)}\``,
      ...(metric.where === undefined ? [] : [`- ${t('fact.where')} \`${line(metric.where)}\``]),
      ...(metric.model === undefined ? [] : [`- ${t('fact.from')} \`${metric.model}\``]),
      `- ${t('fact.timezone')}: ${metric.timezone}`,
      ...(metric.unit === undefined ? [] : [`- ${t('fact.unit')}: ${line(metric.unit)}`]),
    ]),
    ...section(
      t('section.exclusions'),
      leftOutOf(site, metric).map(({ name, through }) =>
        through.length === 0
          ? `- \`${name}\``
          : `- \`${name}\` ${t('exclusion.through', { metrics: through.join(', ') })}`,
      ),
    ),
    ...wayLines(site, metric),
    ...section(t('section.dimensions'), [
      t(`additivity.${metric.additivity}`),
      ...metric.dimensions.map(({ name, description }) =>
        description === undefined ? `- \`${name}\`` : `- \`${name}\`: ${line(description)}`,
      ),
    ]),
    ...versionLines(site, metric),
    ...confusedLines(site, 'metrics', metric.name),
  ];
}

function segmentLines(site: SiteContext, segment: ManifestSegment): readonly string[] {
  const { t, format, input } = site;
  const sizes = shownSizes(site, segment.name);
  const few = t('segment.few', { n: leastGroup(site) });
  return [
    ...section(
      t('section.size'),
      sizes === undefined
        ? []
        : [
            ...sizes.parts.map(
              ({ part, entities }) => `- ${part}: ${entities === null ? few : format.count(entities)}`,
            ),
            '',
            t('segment.as_of', { at: format.instant(sizes.asOf) }),
          ],
    ),
    ...section(
      t('section.who'),
      segment.words[input.language].map(({ path, text }) => {
        const place = /^\d/.test(path) ? path : '';
        return `${'  '.repeat(Math.max(0, place.split('.').length - 1))}- ${place === '' ? '' : `${place} `}${line(text)}`;
      }),
    ),
    ...versionLines(site, segment),
    ...confusedLines(site, 'segments', segment.name),
  ];
}

function modelLines(site: SiteContext, model: ManifestModel): readonly string[] {
  const { t, format } = site;
  const { rows, completeThrough } = modelStatus(site, model.name) ?? {};
  return [
    ...section(t('section.grain'), [
      model.key.length > 0 ? t('model.grain', { key: model.key.join(', ') }) : t('absent.key'),
      ...(rows === undefined ? [] : ['', `${t('fact.rows')}: ${format.count(rows)}`]),
      ...(completeThrough === undefined ? [] : ['', t('complete.words', { at: format.instant(completeThrough) })]),
    ]),
    ...section(
      t('section.columns'),
      model.columns.map(({ name, type, description }) => {
        const meaning = description === undefined ? '' : `: ${line(site.markdown.plain(description))}`;
        return `- \`${name}\` ${type ?? t('absent.type')}${meaning}`;
      }),
    ),
    ...section(
      t('lineage.above'),
      model.reads.map((name) => `- \`${name}\``),
    ),
  ];
}

/** From the source to the rows that count: what goes stands below where it goes from. */
function wayLines(site: SiteContext, metric: ManifestMetric) {
  const steps = isForAudience(site) ? [] : (reconcile(site, metric) ?? []);
  return section(
    site.t('section.reconciliation'),
    steps.map((step) => {
      const { rows, absent } = stepRows(site, step);
      return `${step.kind === 'stand' ? '' : '  '}- ${rows ?? absent}: ${line(step.words)}`;
    }),
  );
}

function confusedLines(site: SiteContext, kind: keyof Confusions, name: string) {
  return section(
    site.t('section.confused'),
    confusionsOf(site, kind, name).map((other) => `- \`${other.name}\`: ${line(other.words[site.input.language])}`),
  );
}

function versionLines({ t }: SiteContext, { version, changes }: Pick<ManifestMetric, 'version' | 'changes'>) {
  const numbers = [...new Set([version, ...Object.keys(changes).map(Number)])].sort((a, b) => b - a);
  return section(
    t('section.versions'),
    numbers.map((number) => {
      const reason = changes[String(number)];
      return `- ${t('version.number', { version: number })}${reason === undefined ? '' : `: ${line(reason)}`}`;
    }),
  );
}
