import { noPart } from '../../definition/define-split.ts';
import { omitUndefined } from '../../definition/omit-undefined.ts';
import type { SegmentDefinition } from '../../definition/segment.ts';
import { type Diagnostic, diagnostic } from '../../diagnostic/diagnostic.ts';
import type { InEachLanguage } from '../../expression/words-language.ts';
import { canonicalType } from '../canonical-type.ts';
import type { Catalog } from '../catalog.ts';
import { identifier as id, textLiteral } from '../sql-text.ts';
import type { TestCheck } from '../test/test-plan.ts';
import { sayTest } from '../test/words.ts';
import { keyType } from './key-type.ts';
import { membershipSql } from './membership.ts';
import type { CatalogSegment } from './rule.ts';

/** What `expect` says of a segment, as a data test that runs once all is built that the segment reads. */
export interface SegmentTest {
  readonly name: string;
  readonly segment: string;
  readonly rule: 'size' | 'disjoint_with';
  readonly words: InEachLanguage<string>;
  readonly expected: Expected;
  readonly check: TestCheck;
  readonly reads: readonly string[];
  /** The command that shows where the numbers come from. */
  readonly look: string;
}

/** The cut is the instant up to which the data is complete, which the run knows. */
const cut = 'etalon_complete_through()';

/** The tests of one segment; of an archived one none, since nobody uses it. */
export function planExpectations(
  definition: SegmentDefinition,
  catalog: Catalog,
): { readonly tests: readonly SegmentTest[]; readonly diagnostics: readonly Diagnostic[] } {
  const { expect, status } = definition;
  const segment = catalog.segments.get(definition.name);
  const diagnostics: Diagnostic[] = [];
  if (!expect || !segment?.computed || status === 'archived') return { tests: [], diagnostics };
  const tests = expect.size ? [sizeTest(segment, expect.size, catalog, diagnostics)] : [];
  for (const { value, span } of expect.disjointWith) {
    const other = catalog.segments.get(value);
    if (!other?.computed) continue;
    if (other.name === segment.name || other.entity !== segment.entity) {
      const why =
        other.name === segment.name
          ? `\`${value}\` shares all members with itself`
          : `\`${value}\` is of \`${other.entity}\`, and \`${segment.name}\` is of \`${segment.entity}\``;
      diagnostics.push(
        diagnostic('E1407', why, { span, hints: ['name another segment of the same entity, or leave it out'] }),
      );
      continue;
    }
    tests.push(disjointTest(segment, other, catalog, diagnostics));
  }
  return { tests, diagnostics };
}

interface Members {
  readonly sql: string;
  readonly reads: ReadonlySet<string>;
}

/** Its members, one column `entity`; of a split everyone whom it gives a part. */
function membersSql(segment: CatalogSegment, catalog: Catalog, diagnostics: Diagnostic[]): Members {
  const reads = new Set<string>();
  const { sql } = membershipSql({ catalog, asOf: cut, reads, diagnostics }, segment);
  const isIn = segment.rule!.form === 'split' ? `part <> ${textLiteral(noPart)}` : `verdict = 'member'`;
  return { sql: `select entity from (${sql}) as membership where ${isIn}`, reads };
}

type Size = { readonly min?: number; readonly max?: number };

/** What is expected of the members of a segment: how many there are, or that none of them is in another one. */
export type Expected =
  | ({ readonly rule: 'size' } & Size)
  | { readonly rule: 'disjoint_with'; readonly other: string; readonly key: string; readonly keyType: string };

/**
 * The expectation as it is tested. `membersOf`: a SELECT of a segment's members, one column `entity`, as its key or as text.
 *
 * @example
 * expectationCheck('vip', { rule: 'size', max: 100 }, (name) => `select entity from members_of_${name}`)
 */
export function expectationCheck(
  segment: string,
  expected: Expected,
  membersOf: (segment: string) => string,
): TestCheck & { readonly mode: 'query' } {
  return expected.rule === 'size'
    ? sizeCheck(expected, membersOf(segment))
    : disjointCheck(expected, membersOf(segment), membersOf(expected.other));
}

function sizeCheck(size: Size, members: string): TestCheck & { readonly mode: 'query' } {
  const counted = `select count(*) as members from (${members}) as members`;
  const bounds = [
    ...(size.min === undefined ? [] : [{ fails: `members < ${size.min}`, by: `${size.min} - members` }]),
    ...(size.max === undefined ? [] : [{ fails: `members > ${size.max}`, by: `members - ${size.max}` }]),
  ];
  const missed = bounds.map(({ fails, by }) => `when ${fails} then ${by}`).join(' ');
  return {
    mode: 'query',
    failures: `select members, ${cut} as as_of from (${counted}) as counted where ${bounds.map(({ fails }) => fails).join(' or ')}`,
    tested: counted,
    counted: `select case ${missed} else 0 end as failing, members as tested from (${counted}) as counted`,
  };
}

/** Those in both fail, of those in the segment. */
function disjointCheck(
  { key, keyType: type }: Pick<Extract<Expected, { rule: 'disjoint_with' }>, 'key' | 'keyType'>,
  own: string,
  theirs: string,
): TestCheck & { readonly mode: 'query' } {
  const both = `from (${own}) as own left join (${theirs}) as other on other.entity = own.entity`;
  return {
    mode: 'query',
    failures: `select cast(own.entity as ${canonicalType(type)}) as ${id(key)} ${both} where other.entity is not null order by 1`,
    tested: `select count(*) from (${own}) as own`,
    counted: `select count(other.entity) as failing, count(*) as tested ${both}`,
  };
}

function expectationTest(
  segment: CatalogSegment,
  expected: Expected,
  catalog: Catalog,
  diagnostics: Diagnostic[],
): Pick<SegmentTest, 'segment' | 'rule' | 'expected' | 'check' | 'reads'> {
  const reads = new Set<string>();
  const check = expectationCheck(segment.name, expected, (name) => {
    const found = membersSql(catalog.segments.get(name)!, catalog, diagnostics);
    for (const model of found.reads) reads.add(model);
    return found.sql;
  });
  return { segment: segment.name, rule: expected.rule, expected, check, reads: [...reads].sort() };
}

function sizeTest(segment: CatalogSegment, size: Size, catalog: Catalog, diagnostics: Diagnostic[]): SegmentTest {
  const { name, rule } = segment;
  const { min, max } = size;
  const expected = omitUndefined({ rule: 'size' as const, min, max });
  return {
    ...expectationTest(segment, expected, catalog, diagnostics),
    name: `${name}.size`,
    words: sayTest((words) => words.size(name, size)),
    look: `etalon segment ${rule!.form === 'split' ? 'size' : 'attrition'} ${name}`,
  };
}

function disjointTest(
  segment: CatalogSegment,
  other: CatalogSegment,
  catalog: Catalog,
  diagnostics: Diagnostic[],
): SegmentTest {
  const { name, key } = segment;
  const expected = { rule: 'disjoint_with', other: other.name, key, keyType: keyType(catalog, segment) } as const;
  return {
    ...expectationTest(segment, expected, catalog, diagnostics),
    name: `${name}.disjoint_with.${other.name}`,
    words: sayTest((words) => words.disjoint(name, other.name)),
    look: `etalon segment overlap ${name} ${other.name}`,
  };
}
