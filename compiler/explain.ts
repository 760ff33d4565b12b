import type { WordsLanguage } from './expression/words-language.ts';
import { graphOf } from './graph-of.ts';
import { addedSql, firstKeysSql } from './increment-from-standing.ts';
import type { Manifest, ManifestMetric, ManifestModel, ManifestSegment, ManifestTest } from './manifest-types.ts';

/**
 * A definition in words: what it is, how it is counted or computed, every knob with where it came from, what it reads and who reads it. The rule of a metric, segment or data test is
 * told in `language`. Undefined where there is none of that name.
 *
 * @example
 * explainNode(manifest, 'revenue', 'en')
 */
export function explainNode(manifest: Manifest, name: string, language: WordsLanguage): string | undefined {
  const model = manifest.models.find((m) => m.name === name);
  if (model) return joinSections(explainModel(manifest, model, language));
  const metric = manifest.metrics.find((m) => m.name === name);
  if (metric) return joinSections(explainMetric(manifest, metric, language));
  const test = manifest.tests.find((t) => t.name === name);
  if (test) return joinSections(explainTest(test, language));
  const segment = manifest.segments.find((s) => s.name === name);
  return segment ? joinSections(explainSegment(segment, language)) : undefined;
}

export type Section = readonly [title: string, lines: readonly string[]];

/** Sections one below the other, those without lines left out. */
export function joinSections(sections: readonly (Section | undefined)[]): string {
  return sections
    .filter((s): s is Section => s !== undefined && s[1].length > 0)
    .map(([title, lines]) =>
      title === ''
        ? lines.join('\n')
        : `${title}\n${lines.map((line) => `  ${line.replaceAll('\n', '\n  ')}`).join('\n')}`,
    )
    .join('\n\n');
}

function head(
  kind: string,
  item: {
    readonly name: string;
    readonly title?: string;
    readonly description?: string;
    readonly owner?: string;
    readonly path: string;
  },
): Section {
  const title = item.title ? ` — ${item.title}` : '';
  return [
    '',
    [
      `${kind} ${item.name}${title}`,
      ...(item.description ? [item.description.trim()] : []),
      `defined in ${item.path}${item.owner ? `, owner ${item.owner}` : ''}`,
    ],
  ];
}

/** Two columns, the first as wide as its widest. */
export function alignPairs(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(0, ...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `${left.padEnd(width)}  ${right}`.trimEnd());
}

function explainModel(manifest: Manifest, model: ManifestModel, language: WordsLanguage): (Section | undefined)[] {
  const readers = graphOf(manifest).readers.get(model.name) ?? [];
  return [
    head(`${model.layer} model`, model),
    ['how a run computes it', [model.strategy]],
    ['how changes travel to it', edgesOf(manifest, model)],
    [
      'key and time',
      alignPairs([
        ['key', model.key.join(', ') || 'none declared'],
        ['time', model.time ?? 'none'],
      ]),
    ],
    [
      'columns',
      alignPairs(
        model.columns.map((c) => [
          c.name,
          `${c.type ?? 'type not known'}${c.expression ? ` = ${c.expression}` : ''}${personalWords(c)}`,
        ]),
      ),
    ],
    [
      'relations',
      model.relations.map(
        (r) =>
          `${r.name}: (${r.on.join(', ')}) finds at most one row of ${r.to} by its key (${r.targetKey.join(', ')})`,
      ),
    ],
    [
      'data tests',
      model.tests.map((name) =>
        describeTest(
          manifest.tests.find((t) => t.name === name),
          language,
        ),
      ),
    ],
    ['reads', model.reads],
    ['read by', readers.filter((r) => !manifest.tests.some((t) => t.name === r))],
    ['fingerprint', [model.fingerprint]],
  ];
}

const treatmentWords = { hashed: 'hashed', aggregated: 'aggregated', declared: 'tells of nobody' } as const;

function personalWords({ personal }: ManifestModel['columns'][number]): string {
  if (!personal) return '';
  const said = [
    ...(personal.treatment ? [treatmentWords[personal.treatment]] : []),
    ...(personal.tags.length > 0 ? [`personal: ${personal.tags.join(', ')}`] : []),
  ];
  return ` (${said.join('; ')})`;
}

function edgesOf(manifest: Manifest, model: ManifestModel): readonly string[] {
  if (model.increment?.kind !== 'increment') return [];
  return alignPairs(
    model.increment.edges.map(({ input, words }) => [input, words + shorterWay(manifest, model, input)]),
  );
}

/** What spares a run the look at all rows of a unit. */
function shorterWay(manifest: Manifest, model: ManifestModel, input: string): string {
  const isRaw = manifest.models.find(({ name }) => name === input)?.form === 'source';
  const changes = [{ model: input, seen: 0, raw: isRaw }];
  if (addedSql(manifest, model, changes)) return '; where rows only came, they are added to the groups that stand';
  if (firstKeysSql(manifest, model, changes) !== undefined)
    return '; what comes behind the row that is kept changes nothing';
  return '';
}

function describeTest(test: ManifestTest | undefined, language: WordsLanguage): string {
  return test ? `${test.words[language]} (${test.severity})` : '';
}

function explainMetric(manifest: Manifest, metric: ManifestMetric, language: WordsLanguage): (Section | undefined)[] {
  const readers = graphOf(manifest).readers.get(metric.name) ?? [];
  return [
    head('metric', metric),
    metric.computed
      ? undefined
      : ['not computed', [`this version of Etalon reads it but does not compute it: ${metric.notComputed}`]],
    ...explainCounting(metric, language),
    [
      'dimensions',
      alignPairs(metric.dimensions.map((d) => [d.name, `${d.model}.${d.column}${d.type ? `, ${d.type}` : ''}`])),
    ],
    ['kept as', keptAs(manifest, metric)],
    ['computed from', metric.inputs],
    ['reads', metric.reads],
    ['read by', readers],
    ['examples', metric.examples.map((e) => e.title)],
    ['fingerprint', [metric.fingerprint]],
  ];
}

/**
 * How far a metric may be relied on, and of a deprecated one what to use instead.
 *
 * @example
 * statusWords(metric) // 'deprecated until 2026-01-01, use `net_revenue` instead'
 */
export function statusWords({ status, until, replacedBy }: ManifestMetric): string {
  const end = until === undefined ? '' : ` until ${until}`;
  return `${status}${end}${replacedBy === undefined ? '' : `, use \`${replacedBy}\` instead`}`;
}

/** How a metric is counted, and every knob of it. */
export function explainCounting(metric: ManifestMetric, language: WordsLanguage): Section[] {
  return [
    ['how it is counted', metric.words[language]],
    [
      'type and unit',
      [`${metric.type}${metric.unit ? `, in ${metric.unit}` : ''}; version ${metric.version}, ${statusWords(metric)}`],
    ],
    [
      'every knob, and where it came from',
      alignPairs(metric.knobs.map((k) => [`${k.name}: ${k.value}`, provenance[k.from]])),
    ],
  ];
}

function explainSegment(segment: ManifestSegment, language: WordsLanguage): (Section | undefined)[] {
  return [
    head('segment', segment),
    segment.computed
      ? undefined
      : ['not computed', [`this version of Etalon reads it but does not compute it: ${segment.notComputed}`]],
    ['who is in it', alignPairs(segment.words[language].map(({ path, text }) => [path, text]))],
    ['entity', [`${segment.entity}, by ${segment.key}; version ${segment.version}, ${segment.status}`]],
    ['looks at', [...segment.activities, ...segment.metrics, ...segment.inputs]],
    ['reads', segment.reads],
    ['examples', segment.examples.map((e) => e.title)],
    ['fingerprint', [segment.fingerprint]],
  ];
}

/** The tables that are made for it, or for what it is computed from. */
function keptAs(manifest: Manifest, metric: ManifestMetric): string[] {
  const own = manifest.models.filter(({ generated }) => generated?.metric === metric.name);
  const inputs = metric.inputs.flatMap((name) => manifest.metrics.find((one) => one.name === name) ?? []);
  return [
    ...alignPairs(own.map((model) => [model.name, model.strategy])),
    ...inputs.flatMap((input) => keptAs(manifest, input)),
  ];
}

const provenance = {
  definition: 'said in its definition',
  file: "from the file's defaults",
  project: 'from project.yml or the model',
  language: 'default of language 1',
} as const;

function explainTest(test: ManifestTest, language: WordsLanguage): (Section | undefined)[] {
  const max = 'rows' in test.max ? `${test.max.rows} rows` : `${test.max.share * 100} % of the tested rows`;
  const check = test.check.mode === 'row' ? `a row fails where ${test.check.fails}` : test.check.failures;
  return [
    [
      '',
      [
        `data test ${test.name}`,
        ...(test.description ? [test.description] : []),
        `defined in ${test.path}:${test.line}${test.owner ? `, owner ${test.owner}` : ''}`,
      ],
    ],
    ['rule', [test.words[language], ...(test.why ? [`why: ${test.why}`] : [])]],
    [
      'when it fails',
      [
        test.severity === 'error'
          ? `more than ${max} failing stop the publish`
          : `more than ${max} failing are reported, and the table is published`,
      ],
    ],
    ['check', [check]],
    ['reads', test.reads],
  ];
}
