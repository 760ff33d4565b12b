import { beforeAll, describe, expect, it } from 'vitest';
import { loadParser } from '../../expression/parser.ts';
import type { IncrementalModel } from './incremental-model.ts';
import { planIncrement } from './plan-increment.ts';

const hits = { name: 'clean.hits', columns: ['id', 'device', 'person', 'at'], kind: 'table' } as const;

function unitOf(sql: string, key: readonly string[], by: IncrementalModel['by'] = 'key'): readonly string[] | string {
  const planned = planIncrement({
    name: 'marts.x',
    sql,
    key,
    by,
    time: { column: 'at', type: 'timestamp' },
    calendar: { timezone: 'UTC', weekStart: 'monday', fiscalYearStart: 1 },
    inputs: [hits],
    views: new Map(),
  });
  return planned.kind === 'increment' ? planned.unit.columns : planned.reason;
}

describe('the unit that a model is brought up to date by', () => {
  beforeAll(loadParser);

  it('is the key where rows stand for themselves', () => {
    expect(unitOf('select device, id, at from clean.hits', ['device', 'id'])).toEqual(['device', 'id']);
  });

  it('is the part of the key that a window is cut by: its rows are computed together anyway', () => {
    const turns = 'select device, id, at, lag(at) over (partition by device order by at) as b from clean.hits';
    expect(unitOf(turns, ['device', 'id'])).toEqual(['device']);
    expect(unitOf(turns, ['id', 'device'])).toEqual(['device']);
    const both =
      'select device, person, id, at, lag(at) over (partition by device, person order by at) as b from clean.hits';
    expect(unitOf(both, ['id', 'person', 'device'])).toEqual(['person', 'device']);
  });

  it('is the key where no part of it says which rows belong together', () => {
    const sessions = 'select id, at, lag(at) over (partition by person order by at) as b, device from clean.hits';
    expect(unitOf(sessions, ['id', 'device'])).toEqual(['id', 'device']);
  });

  it('is the period where the model goes by time and rows say theirs', () => {
    expect(unitOf('select device, id, at from clean.hits', ['device', 'id'], 'day')).toEqual(['at']);
  });
});
