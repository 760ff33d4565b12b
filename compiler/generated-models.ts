import { fingerprint } from './graph/fingerprint.ts';
import type { GeneratedModel, ManifestColumn, ManifestModel } from './manifest-types.ts';
import { hashFunction } from './plan/hash-column.ts';
import type { ModelPlan, PlannedColumn } from './plan/plan-model.ts';
import { identifier as id } from './plan/sql-text.ts';
import type { StoredModel } from './plan/stored/stored-model.ts';

/** Tables that come with a model: the account of its rows with those that it refused, and the shared devices of an identity. */
export function generatedModels(plan: ModelPlan, model: ManifestModel): readonly ManifestModel[] {
  return [...accountModels(plan, model), ...sharedDevices(plan, model)];
}

function accountModels({ account }: ModelPlan, model: ManifestModel): readonly ManifestModel[] {
  if (!account) return [];
  const isView = model.materialized === 'view';
  const kept: Pick<ManifestModel, 'materialized' | 'incremental'> = isView
    ? { materialized: 'view' }
    : model.incremental
      ? { materialized: 'incremental', incremental: { by: 'key' } }
      : { materialized: 'table' };
  const rest = [
    ...(account.hasWhere ? ['where' as const] : []),
    ...(account.isLive ? ['live' as const] : []),
    ...(model.incremental?.late !== undefined || model.incremental?.partial === false ? ['time' as const] : []),
  ];
  const told = { from: account.from, ...(rest.length > 0 ? { rest } : {}) };
  const table = generated(model, 'account', told, {
    description: `Of the rows that \`${model.name}\` is made from, those that did not come out: copies, excluded and rejected ones, by key.`,
    key: account.key,
    columns: account.columns,
    // Nothing of it is read; what failed there is not accounted for here.
    reads: [...new Set([...model.reads, model.name])].sort(),
    sql: account.sql,
    // Of a key that is a hash.
    ...(account.sql.includes(`${hashFunction}(`) ? { hashes: true as const } : {}),
    ...kept,
  });
  if (!account.rejects) return [table];
  const columns = account.columns.filter(({ name }) => name !== 'duplicates' && name !== 'fate' && name !== 'rule');
  const reason: PlannedColumn = {
    name: 'reason',
    type: 'text',
    description: 'The rules that refuse the row.',
    sources: [],
  };
  const list = columns.map(({ name }) => id(name)).join(', ');
  const rejected = generated(
    model,
    'rejected',
    {},
    {
      description: `Rows that rules of \`${model.name}\` refuse, each with the reason. They come out by themselves when the rule or what it looks up changes.`,
      key: [],
      columns: [...columns, reason],
      reads: [table.name],
      sql: `select ${list}, rule as reason from ${table.name} where fate = 'rejected'`,
      materialized: 'view',
    },
  );
  return [table, rejected];
}

function sharedDevices({ sharedDevices, columns }: ModelPlan, model: ManifestModel): readonly ManifestModel[] {
  if (sharedDevices === undefined) return [];
  return [
    generated(
      model,
      'shared_devices',
      {},
      {
        description: `Devices of \`${model.name}\` that several people use, and whether they still lend their anonymous events to them.`,
        key: [],
        columns: [
          columns[0]!,
          { name: 'people', type: 'integer', description: 'How many log in on it.', sources: [] },
          { name: 'first_at', type: 'timestamp', description: 'The first login.', sources: [] },
          { name: 'last_at', type: 'timestamp', description: 'The last login.', sources: [] },
          { name: 'lends', type: 'boolean', description: 'Does it lend its anonymous events to them?', sources: [] },
        ],
        reads: model.reads,
        sql: sharedDevices,
        materialized: 'view',
      },
    ),
  ];
}

/** Tables made for a model before it, which it reads. Their fingerprints are added to those known. */
export function companionModels(
  { name, definition, companions = [] }: ModelPlan,
  fingerprints: Map<string, string>,
): readonly ManifestModel[] {
  return companions.map((companion) => {
    const { what, description, key, columns, reads, sql } = companion;
    const above = reads.map((read) => `${read}=${fingerprints.get(read) ?? ''}`);
    const hash = fingerprint(sql, ...above);
    fingerprints.set(companion.name, hash);
    const { layer, owner, tags, path } = definition;
    const parent = { name, layer, tags, path, fingerprint: hash, ...(owner === undefined ? {} : { owner }) };
    const own: Generated = {
      description,
      key,
      columns,
      reads,
      sql,
      materialized: 'incremental',
      incremental: { by: 'key' },
    };
    return { ...generated(parent, what, {}, own), name: companion.name, fingerprint: hash };
  });
}

/** A table that is made for a metric. */
export function storedModel(
  stored: StoredModel,
  metric: { readonly path: string; readonly owner?: string; readonly tags: readonly string[] },
  fingerprints: Map<string, string>,
): ManifestModel {
  const { name, of, what, description, key, time, by, columns, reads, sql, tests } = stored;
  const above = reads.map((read) => `${read}=${fingerprints.get(read) ?? ''}`);
  const hash = fingerprint(sql, by, ...above);
  fingerprints.set(name, hash);
  const { path, owner, tags } = metric;
  const parent = {
    name: of,
    layer: 'marts',
    tags,
    path,
    fingerprint: hash,
    ...(owner === undefined ? {} : { owner }),
  } as const;
  const own: Generated = { description, key, columns, reads, sql, materialized: 'incremental', incremental: { by } };
  return {
    ...generated(parent, what, { metric: stored.metric }, own),
    name,
    ...(time === undefined ? {} : { time }),
    fingerprint: hash,
    tests: tests.map((test) => test.name),
  };
}

type Parent = Pick<ManifestModel, 'name' | 'layer' | 'owner' | 'tags' | 'path' | 'fingerprint'>;

interface Generated extends Pick<ManifestModel, 'key' | 'reads' | 'materialized' | 'incremental' | 'hashes'> {
  readonly description: string;
  readonly columns: readonly PlannedColumn[];
  readonly sql: string;
}

function generated(
  model: Parent,
  what: GeneratedModel['what'],
  told: Pick<GeneratedModel, 'from' | 'rest' | 'metric'>,
  own: Generated,
): ManifestModel {
  const { description, key, columns, reads, sql, materialized, incremental, hashes } = own;
  return {
    kind: 'model',
    generated: { of: model.name, what, ...told },
    name: `${model.name}__${what}`,
    layer: model.layer,
    form: 'sql',
    description,
    ...(model.owner === undefined ? {} : { owner: model.owner }),
    tags: model.tags,
    path: model.path,
    key,
    columns: columns.map(toColumn),
    relations: [],
    reads,
    after: [],
    materialized,
    ...(incremental ? { incremental } : {}),
    strategy: materialized === 'view' ? 'a view: computed when it is read' : `built with \`${model.name}\``,
    indexes: [],
    snapshots: 0,
    ...(hashes ? { hashes } : {}),
    sql,
    fingerprint: fingerprint(sql, materialized, model.fingerprint),
    tests: [],
  };
}

function toColumn({ name, type, description, sources }: PlannedColumn): ManifestColumn {
  const told = { ...(type === undefined ? {} : { type }), ...(description === undefined ? {} : { description }) };
  return { name, ...told, required: false, sources, tests: [] };
}
