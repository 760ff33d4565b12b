import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { findColumnUsers, metricColumns } from './column-users.ts';
import { asText } from './column-uses.ts';
import { compileProject } from './compile-project.ts';
import { inferSelect } from './expression/infer-select.ts';
import { parseSelect } from './expression/parse-select.ts';
import type { Manifest, ManifestSegment } from './manifest-types.ts';
import { planSegment } from './segment.ts';
import { segmentColumns } from './segment-columns.ts';
import { shapesOf } from './shapes-of.ts';

let manifest: Manifest;
beforeAll(async () => {
  manifest = (await compileProject(fileURLToPath(new URL('..', import.meta.url)))).manifest!;
});

/** Its own columns, those of its metrics, which it cuts by nothing, and those of the segments named in it. */
function columnsBelow(segment: ManifestSegment): readonly string[] {
  const metrics = manifest.metrics.filter(({ name }) => segment.metrics.includes(name));
  const inputs = manifest.segments.filter(({ name }) => segment.inputs.includes(name));
  return [
    ...segmentColumns(manifest, segment),
    ...metrics.flatMap((metric) => metricColumns(manifest, metric).filter(({ how }) => how !== 'dimension')),
  ]
    .map(({ model, column }) => `${model}.${column}`)
    .concat(inputs.flatMap(columnsBelow));
}

test('the columns of a segment are those that its SELECT reads', () => {
  expect(manifest.segments.length).toBeGreaterThan(10);
  for (const segment of manifest.segments) {
    const { plan } = planSegment(manifest, { ask: 'members', segment: segment.name }, '2025-01-01T00:00:00Z');
    const shape = inferSelect(parseSelect(asText(plan!.sql)).select!, shapesOf(manifest));
    const read = [...shape.filters, ...shape.columns.flatMap(({ sources }) => sources)];
    const wanted = new Set(read.map(({ model, column }) => `${model}.${column}`));
    expect(new Set(columnsBelow(segment)), segment.name).toEqual(wanted);
  }
});

test('a column leads to the segments that read it, also by a metric or another segment', () => {
  const users = (model: string, column: string) =>
    findColumnUsers(manifest, model, column)
      .filter(({ kind }) => kind === 'segment')
      .map(({ name, uses, through }) => [name, ...uses.map(({ how }) => how), ...through]);
  expect(users('marts.users', 'may_mail')).toContainEqual(['vip', 'filtered']);
  expect(users('marts.users', 'is_internal')).toEqual([
    ['employees', 'filtered'],
    ['pro_users', 'employees'],
    ['vip', 'employees'],
  ]);
  expect(users('marts.orders', 'amount')).toEqual(
    expect.arrayContaining([
      ['rfm', 'aggregated'],
      ['quiet_big_spenders', 'revenue'],
    ]),
  );
  const vip = manifest.segments.find(({ name }) => name === 'vip')!;
  const found = findColumnUsers(manifest, 'raw.users', 'plan').find(({ name }) => name === 'vip');
  expect(found).toMatchObject({ kind: 'segment', path: vip.path, line: vip.line });
});
