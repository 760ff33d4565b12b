import { createHash } from 'node:crypto';
import { incrementOf } from '../../compiler/increment.ts';
import type {
  FollowsRows,
  Manifest,
  ManifestColumn,
  ManifestIncremental,
  ManifestModel,
  ManifestSource,
  ManifestTest,
} from '../../compiler/index.ts';

/** A model in short hand: `columns` is `id integer, amount decimal(10,2)`; `!` after a type means required, `#` tagged. */
export interface SampleModel {
  readonly name: string;
  readonly columns: string;
  readonly source?: ManifestSource;
  readonly sql?: string;
  readonly key?: readonly string[];
  readonly time?: string;
  readonly materialized?: 'table' | 'view';
  /** The parser must be loaded: how it follows its inputs is worked out from the SQL. */
  readonly incremental?: 'hour' | 'day' | 'week' | 'month' | 'key' | ManifestIncremental;
  readonly snapshots?: number;
  readonly indexes?: readonly (readonly string[])[];
  readonly partition?: { readonly by: string };
  readonly description?: string;
}

export interface SampleTest {
  readonly name: string;
  readonly model?: string;
  readonly column?: string;
  readonly severity?: 'error' | 'warn';
  readonly max?: { readonly rows: number } | { readonly share: number };
  readonly fails?: string;
  readonly where?: string;
  readonly failures?: string;
  readonly tested?: string;
  readonly follows?: FollowsRows;
}

const mention = /\b(raw|clean|marts)\.[a-z_][a-z0-9_]*/g;

const hash = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);

/** A manifest written by hand, as the compiler would write it: lists sorted, fingerprints over what is computed and what it reads. */
export function sampleManifest(models: readonly SampleModel[], tests: readonly SampleTest[] = []): Manifest {
  const fingerprints = new Map<string, string>();
  const built = models.map((model) => toModel(model, fingerprints, tests));
  return withIncrements({
    manifest: 1,
    etalon: '0.1.0',
    project: {
      name: 'sample',
      calendar: { timezone: 'UTC', weekStart: 'monday', fiscalYearStart: 1 },
      entities: [],
      exclusions: [],
      targets: [],
      target: 'dev',
      schemas: { raw: 'raw', clean: 'clean', marts: 'marts' },
      site: { language: 'en' },
    },
    models: built.sort((a, b) => (a.name < b.name ? -1 : 1)),
    metrics: [],
    activities: [],
    cohorts: [],
    segments: [],
    tests: tests.map(toTest).sort((a, b) => (a.name < b.name ? -1 : 1)),
    warnings: [],
  });
}

function withIncrements(manifest: Manifest): Manifest {
  const models = manifest.models.map((model) => {
    const increment = incrementOf(manifest, model);
    return increment ? { ...model, increment } : model;
  });
  return { ...manifest, models };
}

function toModel(model: SampleModel, fingerprints: Map<string, string>, tests: readonly SampleTest[]): ManifestModel {
  const reads = [...new Set(model.sql?.match(mention) ?? [])].sort();
  const columns = model.columns.split(/,(?![^(]*\))/).map((column) => toColumn(column.trim()));
  const { by, partial } = typeof model.incremental === 'object' ? model.incremental : { by: model.incremental };
  const meaning = [model.name, columns, model.sql, model.source, model.key, model.materialized, by, partial];
  const fingerprint = hash([...meaning, reads.map((name) => fingerprints.get(name))]);
  fingerprints.set(model.name, fingerprint);
  const incremental = typeof model.incremental === 'string' ? { by: model.incremental } : model.incremental;
  const layer = model.name.slice(0, model.name.indexOf('.')) as ManifestModel['layer'];
  return {
    kind: 'model',
    name: model.name,
    layer,
    form: model.source === undefined ? 'sql' : 'source',
    ...(model.description === undefined ? {} : { description: model.description }),
    tags: [],
    path: `models/${model.name.replace('.', '/')}.yml`,
    ...(model.sql === undefined ? {} : { sqlPath: `models/${model.name.replace('.', '/')}.sql`, sql: model.sql }),
    key: model.key ?? [],
    ...(model.time === undefined ? {} : { time: model.time }),
    columns,
    relations: [],
    reads,
    after: [...new Set(tests.filter((test) => test.model === model.name).flatMap((test) => toTest(test).reads))]
      .filter((name) => name !== model.name && !reads.includes(name) && fingerprints.has(name))
      .sort(),
    materialized:
      model.source === undefined ? (model.incremental ? 'incremental' : (model.materialized ?? 'table')) : 'source',
    ...(incremental === undefined ? {} : { incremental }),
    strategy: 'built whole',
    indexes: model.indexes ?? [],
    ...(model.partition === undefined ? {} : { partition: model.partition }),
    snapshots: model.snapshots ?? 0,
    ...(model.source === undefined ? {} : { source: model.source }),
    fingerprint,
    tests: tests.filter((test) => test.model === model.name).map((test) => test.name),
  };
}

function toColumn(text: string): ManifestColumn {
  const [, name = '', type = ''] = /^(\S+)\s+(.*?)[!#]*$/.exec(text) ?? [];
  return {
    name,
    type: type.trim(),
    ...(text.includes('#') ? { pii: 'id', personal: { tags: ['id'], path: 'models/raw/x.yml', line: 1 } } : {}),
    required: text.includes('!'),
    sources: [],
    tests: [],
  };
}

function toTest(test: SampleTest): ManifestTest {
  const sql = `${test.failures ?? ''} ${test.tested ?? ''} ${test.fails ?? ''}`;
  const reads = new Set([...(sql.match(mention) ?? []), ...(test.model === undefined ? [] : [test.model])]);
  return {
    kind: 'test',
    name: test.name,
    severity: test.severity ?? 'error',
    max: test.max ?? { rows: 0 },
    ...(test.model === undefined ? {} : { model: test.model }),
    ...(test.column === undefined ? {} : { column: test.column }),
    rule: 'sql',
    words: { en: test.name, ru: test.name },
    reads: [...reads].sort(),
    check:
      test.fails === undefined
        ? {
            mode: 'query',
            failures: test.failures ?? '',
            tested: test.tested ?? 'select 1',
            ...(test.follows === undefined ? {} : { follows: test.follows }),
          }
        : { mode: 'row', fails: test.fails, ...(test.where === undefined ? {} : { where: test.where }) },
    path: 'models/sample.yml',
    line: 1,
  };
}
