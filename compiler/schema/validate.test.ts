import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseYaml } from '../source/parse-yaml.ts';
import { documentKinds } from './document-kinds.ts';
import { renderYaml } from './render-yaml.ts';
import { validate } from './validate.ts';

/** `code line:column message (hints)` of each diagnostic. */
function check(path: string, text: string): string[] {
  const parsed = parseYaml({ kind: 'source-file', path, text });
  const diagnostics = parsed.root ? validate(path, parsed.root).diagnostics : parsed.diagnostics;
  return diagnostics.map(({ code, span, message, hints }) => {
    const place = `${span!.start.line}:${span!.start.column}`;
    return `${code} ${place} ${message}${hints.length > 0 ? ` (${hints.join('; ')})` : ''}`;
  });
}

const model = 'models/clean/events.yml';
const metrics = 'metrics/a.yml';
const segments = 'segments/a.yml';

describe('what is said of a shape that does not fit', () => {
  test.each([
    [
      model,
      'descripton: x\nfrom: raw.a',
      ['E1203 1:1 unknown key `descripton` in a model (did you mean `description`?)'],
    ],
    [
      model,
      'tags: finance',
      ['E1201 1:7 `tags`: expected a list of tags, found the text `finance` (a list of one is `[finance]`)'],
    ],
    [
      model,
      'description: 2024',
      ["E1201 1:14 `description`: expected text, found the number `2024` (put it in quotes to make it text: '2024')"],
    ],
    [
      model,
      'description:',
      ['E1201 1:1 `description`: expected text, found nothing (for example `description: One row per order.`)'],
    ],
    [
      model,
      'materialized: tabel',
      ['E1204 1:15 `materialized`: `tabel` is not among the values allowed (did you mean `table`?)'],
    ],
    [
      model,
      'incremental: {by: day, late: 3 dys}',
      ['E1205 1:30 `late`: expected a length of time, such as `28 days`, found `3 dys` (for example `28 days`)'],
    ],
    [
      model,
      'incremental: {late: 3 days}',
      ['E1202 1:1 missing key `by` in an incremental build (for example `by: day`)'],
    ],
    [
      model,
      'columns: {a: {is: x, hash: y}}',
      ['E1206 1:22 keys `is` and `hash` exclude one another (keep one of them)'],
    ],
    [
      model,
      'columns: {a: {tests: [uniqe]}}',
      ['E1204 1:23 `tests`: `uniqe` is not among the values allowed (did you mean `unique`?)'],
    ],
    [
      model,
      'columns: {a: {tests: [{rnge: {min: 0}}]}}',
      ['E1203 1:24 unknown key `rnge` in a test of a column (did you mean `range`?)'],
    ],
    [
      model,
      'columns: {a: {tests: [{range: {mn: 0}}]}}',
      ['E1203 1:32 unknown key `mn` in bounds (did you mean `min`?)'],
    ],
    [
      model,
      'columns: {a: [b]}',
      [
        'E1201 1:14 `a`: expected a column, found a list (With `from:`: nothing (the column of that name), an expression, or a mapping. Without: the type, or a mapping with it.)',
      ],
    ],
    [model, 'columns: {}', ['E1202 1:1 `columns`: expected at least one key, found none']],
    [model, 'snapshots: {keep: 0}', ['E1205 1:19 `keep`: expected at least 1, found `0` (for example `7`)']],
    [
      model,
      'snapshots: {keep: 1.5}',
      ['E1201 1:19 `keep`: expected a whole number, found the number `1.5` (for example `keep: 7`)'],
    ],
    [model, 'exclude: [a, a]', ['E1205 1:14 `exclude`: `a` stands twice in the list (keep one of them)']],
    [
      'models/raw/a.yml',
      'columns: {a: txt}',
      [
        'E1205 1:14 `a`: expected a type: `text`, `integer`, `decimal(p,s)`, `double`, `boolean`, `date`, `timestamp` or `json`, found `txt` (did you mean `text`?)',
        'E1202 1:1 missing key `source` in a raw model (for example `source: {files: data/events/*.jsonl}`)',
      ],
    ],
    [
      'project.yml',
      'project: p\nlanguage: 2\ntargets: {dev: {engine: duckdb, url_env: X}}',
      [
        'E1204 2:11 `language`: expected `1`, found `2` (write `language: 1`)',
        'E1203 3:33 unknown key `url_env` in a DuckDB target (available: `path`, `threads`, `memory_limit`, `spill_limit`, `statement_timeout`)',
        'E1202 3:11 missing key `path` in a DuckDB target (for example `path: target/storefront.duckdb`)',
      ],
    ],
    [
      metrics,
      'metrics: {a: {unit: EUR}}',
      [
        'E1202 1:15 a metric needs one of the keys `is`, `retention`, `churn`, `revenue_retention`, `ltv`, `repeat`, `lifecycle`, `returned`, `stickiness`, `funnel` (for example `is: sum(amount)`)',
      ],
    ],
    [
      metrics,
      'metrics: {a: {retentoin: {cohort: c}}}',
      ['E1203 1:15 unknown key `retentoin` in a metric (did you mean `retention`?)'],
    ],
    [
      metrics,
      'metrics: {a: {is: x, window: 3 days, to_date: month}}',
      ['E1206 1:38 keys `window` and `to_date` exclude one another (keep one of them)'],
    ],
    [
      metrics,
      'metrics: {a: {churn: {activity: x, inactive_for: 3 days, of: opening}}}',
      ['E1203 1:58 unknown key `of` in churn by inactivity (available: `every`, `include_partial`)'],
    ],
    [
      metrics,
      'metrics: {a: {funnel: {steps: [x], within: 1 hour}}}',
      ['E1205 1:31 `steps`: expected at least 2 in the list, found 1 (for example `[checkout_started, invoice_paid]`)'],
    ],
    [
      segments,
      'segments: {a: {entity: user, where: {all: [{did: x, tims: 3}]}}}',
      ['E1203 1:53 unknown key `tims` in a condition with `did` (did you mean `times`?)'],
    ],
    [
      segments,
      'segments: {a: {entity: user, where: {did: x, times: 3}}}',
      [
        'E1201 1:53 `times`: expected a comparison such as `">= 3"`, found the number `3` (for example `times: ">= 3"`)',
      ],
    ],
    [
      segments,
      'segments: {a: {entity: user, where: {not: {any: [{propety: x}]}}}}',
      ['E1203 1:51 unknown key `propety` in a condition (did you mean `property`?)'],
    ],
    [
      segments,
      'segments: {a: {entity: user, split: {rfm: {activity: x, within: 1 day, freeze: none}, parts: {a: else}}}}',
      ['E1202 1:72 `freeze` needs `quantiles` beside it (for example `quantiles: 5`)'],
    ],
  ])('%s: %s', (path, text, expected) => {
    expect(check(path, text)).toEqual(expected);
  });
});

/** A valid file of each kind, from its schema's own examples. */
const valid = documentKinds.flatMap(({ place, schema }) => {
  const path = place.endsWith('/') ? `${place}a.yml` : place;
  return (schema.examples ?? []).map((example) => ({ path, text: renderYaml(example) }));
});

describe('mangled files', () => {
  test.each(valid)('the example of $path is valid', ({ path, text }) => {
    expect(check(path, text)).toEqual([]);
  });

  const noise = fc.constantFrom('', ' ', ':', '\n', '[', '}', "'", 'x', '0', '- ', 'null', 'all', 'я', '👍');
  test('any cut, gap or noise ends in diagnostics inside the file', () => {
    fc.assert(
      fc.property(fc.constantFrom(...valid), fc.nat(), fc.nat(12), noise, ({ path, text }, seed, length, insert) => {
        const at = seed % (text.length + 1);
        const mangled = text.slice(0, at) + insert + text.slice(at + length);
        const parsed = parseYaml({ kind: 'source-file', path, text: mangled });
        const validated = parsed.root && validate(path, parsed.root);
        const diagnostics = validated?.diagnostics ?? parsed.diagnostics;
        expect(diagnostics.length > 0).toBe(validated?.document === undefined);
        for (const { span, message } of diagnostics) {
          expect(span!.end.offset).toBeLessThanOrEqual(mangled.length);
          // The words of ajv are a last resort, for a mismatch that `explainMismatch` did not find.
          expect(message).not.toMatch(/must (be|have|match|NOT)|schema|undefined|\[object/);
        }
      }),
      { numRuns: 3000 },
    );
  });
});
