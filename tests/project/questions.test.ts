import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stageCells } from './cells-project.ts';
import { mustRun, runEtalon } from './run-etalon.ts';

let folder: string;
beforeAll(async () => {
  folder = stageCells();
  await mustRun(folder, ['run']);
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a question that cannot be answered says why, and what can be asked', () => {
  test.each([
    [
      ['revenue', '--where', "contry = 'DE'"],
      ['--where:1:1', '^^^^^^', 'did you mean `country`?'],
    ],
    [
      ['revenue', '--where', 'country ='],
      ['--where:1:10', 'syntax error'],
    ],
    [
      ['revenue', '--where', 'country = 5'],
      ['--where:1:9', 'does not fit text and integer', 'in `country = 5` `country` is text', "in quotes: `'5'`"],
    ],
    [
      ['revenue', '--entities', '--cell', 'month=2025-03,country=DE', '--where', 'country > 5'],
      ['--where:1:9', '`>` does not fit text and integer'],
    ],
    [
      ['back', '--entities', '--cell', 'cohort=2025-01,k=1', '--where', 'country'],
      ['--where:1:1', 'text where true or false is expected'],
    ],
    [
      ['revenue', '--by', 'customer.country'],
      ['`revenue` cannot be cut by `customer.country`', 'available: `country`'],
    ],
    [
      ['revenue', '--from', '2025-03-01', '--to', '2025-03-01'],
      ['the range is empty', '`to` is the day after'],
    ],
    [
      ['revenue', '--compare', 'previous'],
      ['nothing comes before', 'give `from` and `to`'],
    ],
    [['revenue', '--grain', 'week', '--compare', '1 month ago'], ['no whole number of weeks']],
    [
      ['revenue', '--grain', 'week', '--compare', 'fortnight'],
      ['no earlier period', '`previous`'],
    ],
    [['back', '--compare', 'previous'], ['`back` is not set against earlier periods']],
    [['back', '--grain', 'week'], ['not by week']],
    [['back', 'revenue'], ['asked for alone']],
    [
      ['revenue', '--entities', '--cell', 'contry=DE'],
      ['no `contry`', 'did you mean `country`?'],
    ],
    [
      ['back', '--entities', '--cell', 'k=1'],
      ['`cohort` missing', 'cohort=2025-01,k=3'],
    ],
    [['back', '--entities', '--cell', 'cohort=March,k=1'], ['`March`, not a period']],
    [
      ['back', '--entities', '--cell', 'cohort=2025-03,k=9'],
      ['`k` of the cell is `9`', '`0`, `1`, `2`, `3`'],
    ],
    [['life', '--entities', '--cell', 'month=2025-03,part=lost'], ['`resurrected`']],
    [['revenue', '--entities', '--cell', 'March'], ['not a name and a value']],
    [['revenue', '--cell', 'month=2025-03'], ['`--cell` is for `--entities`']],
    [['revenue', '--entities', '--by', 'country'], ['the cell names its period and groups']],
    [['revenue', 'orders', '--entities'], ['a cell is of one metric']],
    [['revenue', '--entities', '--explain'], ['does not apply to `--entities`']],
  ])('%j', async (words, told) => {
    const { code, out, err } = await runEtalon(folder, ['query', ...words]);
    expect([code, out]).toEqual([2, '']);
    for (const part of told) expect(err).toContain(part);
  });
});

describe('what is printed beside the rows', () => {
  const ask = async (...words: string[]) => {
    const { code, out, err } = await runEtalon(folder, ['query', ...words]);
    expect(code, err).toBe(0);
    return { out, err };
  };

  test('as of when, and a word where the data is not known so far', async () => {
    // A day is its first instant in Berlin.
    expect((await ask('revenue', '--as-of', '2025-03-01')).err).toContain('as of 2025-02-28T23:00:00Z; ');
    expect((await ask('revenue')).err).toContain('through which marts.orders is complete');
    expect((await ask('revenue', '--as-of', '2999-01-01')).err).toContain('what is called final may change');
  });

  test('where nothing is found, from when to when there is data', async () => {
    const { err } = await ask('revenue', '--from', '2020-01-01', '--to', '2020-02-01');
    expect(err).toMatch(
      /nothing of `revenue` is in what was asked for; there is data from 2025-01-\d\d to 2025-06-\d\d/,
    );
    expect((await ask('revenue', '--as-of', '2020-01-01')).err).toContain(
      'nothing of `revenue` is known before 2019-12-31',
    );
  });

  test('a cohort as a triangle, and as rows where they are put in order', async () => {
    const { out } = await ask('back', '--as-of', '2025-04-01');
    expect(out).toMatch(/^back: who came back, of each cohort\n\ncohort +size +0 +1 +2 +3\n2025-01-01 /);
    expect(out).toMatch(/\nmean /);
    expect(out).toContain('· not reached yet');
    expect((await ask('back', '--limit', '1')).out).toMatch(/^cohort +k +size +returned +rate +state\n/);
  });

  test('in words, with every knob and where it came from', async () => {
    const { out } = await ask('back', '--by', 'k', '--explain');
    expect(out).toContain('by: k ');
    expect(out).toContain('mean: pooled');
    expect(out).toContain('default of language 1');
    expect(out).toContain('the watermark: marts.orders is complete before it');
  });

  test('one document for programs', async () => {
    const { out } = await ask(
      'revenue',
      '--grain',
      'month',
      '--compare',
      'previous',
      '--json',
      '--as-of',
      '2025-06-10',
    );
    const document = JSON.parse(out);
    expect(document).toMatchObject({
      as_of: '2025-06-09T22:00:00Z',
      timezone: 'Europe/Berlin',
      asked: { metrics: ['revenue'], grain: 'month', compare: 'previous' },
      metrics: [{ name: 'revenue', form: 'simple', version: 1, status: 'production' }],
    });
    expect(document.columns.map(({ name }: { name: string }) => name)).toEqual([
      'month',
      'revenue',
      'revenue_before',
      'revenue_change',
      'state',
    ]);
    expect(Date.parse(document.watermark)).toBeGreaterThan(0);
  });
});
