import { beforeAll, describe, expect, it } from 'vitest';
import { compileFiles, loadParser, type Manifest, movedEntitiesSql } from '../../compiler/index.ts';
import { describeLook } from './describe-look.ts';
import { chooseLook, type ReadModel } from './look-at.ts';
import { ruleOfProject } from './segment-rule.ts';

const files: Readonly<Record<string, string>> = {
  'project.yml': `project: p
language: 1
entities: {user: {key: user_id, attributes: marts.users}}
targets: {dev: {engine: duckdb, path: x.duckdb}}
`,
  'models/raw/all.yml':
    'source: {files: data/*.csv}\ncolumns: {id: integer, user_id: text, shop: text, at: timestamp, plan: text}\n',
  'models/marts/users.yml': 'from: raw.all\nkey: user_id\ncolumns: {user_id: null, plan: null}\n',
  'models/marts/shops.yml': 'from: raw.all\nkey: shop\ncolumns: {shop: null, plan: null}\n',
  'models/marts/orders.yml':
    'from: raw.all\nkey: id\ntime: at\nrelations: {place: {to: marts.shops, on: shop}}\ncolumns: {id: null, user_id: null, shop: null, at: null}\n',
  'models/marts/visits.yml':
    'materialized: view\nkey: id\ntime: at\ncolumns: {id: integer, user_id: text, at: timestamp}\n',
  'models/marts/visits.sql': 'select id, user_id, at from marts.orders',
  'models/marts/lasts.yml':
    'materialized: view\nkey: id\ntime: at\ncolumns: {id: integer, user_id: text, at: timestamp, n: integer}\n',
  'models/marts/lasts.sql': 'select id, user_id, at, row_number() over (order by at desc) as n from marts.orders',
  'metrics/m.yml': `activities:
  order: {from: marts.orders, entity: user, time: at}
  big: {from: marts.orders, entity: user, time: at, where: place.plan = 'big'}
  visit: {from: marts.visits, entity: user, time: at}
  last: {from: marts.lasts, entity: user, time: at, where: n < 10}
`,
  'segments/s.yml': `segments:
  plain: {entity: user, where: {did: order, within: 30 days}}
  joined: {entity: user, where: {did: big}}
  viewed: {entity: user, where: {all: [{did: visit}, {segment: plain}]}}
  ranked: {entity: user, where: {any: [{did: last}, {segment: viewed}]}}
  halves: {entity: user, split: {rfm: {activity: order, within: 30 days, quantiles: 2, freeze: none}, parts: {all: else}}}
`,
};

let manifest: Manifest;
beforeAll(async () => {
  await loadParser();
  const compiled = compileFiles(Object.entries(files).map(([path, text]) => ({ kind: 'source-file', path, text })));
  expect(compiled.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  manifest = compiled.manifest!;
});

const cut = '2025-06-02T00:00:00Z';

/** By builds now, of which it saw 1 of each the last time. */
function look(name: string, builds: Readonly<Record<string, ReadModel>>, last: object = {}) {
  const segment = manifest.segments.find((one) => one.name === name)!;
  const rule = ruleOfProject(manifest, segment, []);
  const inputs = Object.fromEntries(Object.keys(builds).map((model) => [model, 1]));
  const mark = {
    segment: name,
    rule: rule.rule,
    version: 1,
    asOf: '2025-06-01T00:00:00Z',
    population: 1,
    inputs,
    ...last,
  };
  return chooseLook(manifest, rule, cut, mark, new Map(Object.entries(builds)));
}

const same = { build: 1, since: 1 };
const moved = { build: 3, since: 1 };

describe('whom an evaluation looks at', () => {
  it('those who may have moved, by the logs of what changed', () => {
    expect(look('plain', { 'marts.users': same, 'marts.orders': moved })).toEqual({
      ...{ kind: 'moved', from: '2025-06-01T00:00:00Z', seen: { 'marts.orders': 1 } },
    });
  });

  it('those whom a change behind a view concerns', () => {
    const builds = { 'marts.users': same, 'marts.orders': moved, 'marts.visits': moved };
    expect(look('viewed', builds)).toEqual({
      ...{ kind: 'moved', from: '2025-06-01T00:00:00Z', seen: { 'marts.orders': 1 } },
    });
    const sql = movedEntitiesSql(manifest, 'viewed', {
      ...{ from: '2025-06-01T00:00:00Z', to: cut, changes: [{ model: 'marts.orders', seen: 1, raw: false }] },
    });
    expect(sql.match(/marts__changes\."?orders/g)).toHaveLength(2);
  });

  it.each([
    ['plain', { 'marts.orders': { build: 3, since: 3 } }, {}, 'built anew'],
    ['plain', { 'marts.orders': same }, { rule: 'another' }, 'another rule'],
    ['plain', { 'marts.orders': same }, { inputs: undefined }, 'was not kept'],
    ['plain', { 'marts.orders': moved }, { inputs: {} }, 'was not read at the last cut'],
    ['plain', { 'marts.orders': same }, { asOf: '2025-06-03T00:00:00Z' }, 'before the last one'],
    ['joined', { 'marts.shops': moved }, {}, 'rows of other models look into it'],
    ['viewed', { 'marts.visits': { build: 3, since: 3 } }, {}, 'the view `marts.visits` is another one'],
    ['ranked', { 'marts.lasts': moved }, {}, 'it is a view, and changes of `marts.orders` cannot be followed'],
    ['ranked', { 'marts.orders': moved }, {}, 'it is read through a view, and changes'],
    ['halves', { 'marts.orders': same }, {}, 'reckoned over everyone'],
  ] as const)('everyone, of `%s` with %j and %j', (name, builds, last, why) => {
    expect(look(name, builds, last)).toEqual({ kind: 'all', why: expect.stringContaining(why) });
  });

  it('is told beforehand', () => {
    const told = (name: string) => describeLook(manifest, manifest.segments.find((one) => one.name === name)!);
    expect(told('plain').everyone).toEqual([]);
    expect(told('plain').some).toContain('whose rows in marts.orders, marts.users came');
    expect(told('joined').everyone).toEqual(['where `marts.shops` changed: rows of other models look into it']);
    expect(told('viewed').everyone).toEqual([]);
    expect(told('ranked').everyone).toEqual([
      expect.stringContaining('where `marts.lasts` changed: it is a view, and changes of `marts.orders` cannot'),
      expect.stringContaining('where `marts.orders` changed: it is read through a view, and changes of'),
    ]);
    expect(told('halves')).toEqual({
      everyone: ['at every cut: its quantiles are reckoned over everyone at each cut'],
    });
  });
});
