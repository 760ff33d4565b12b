import { noPart } from '../../definition/define-split.ts';
import type { SegmentDefinition } from '../../definition/segment.ts';
import { type Diagnostic, diagnostic } from '../../diagnostic/diagnostic.ts';
import type { InEachLanguage } from '../../expression/words-language.ts';
import type { Catalog } from '../catalog.ts';
import { identifier as id, textLiteral } from '../sql-text.ts';
import type { TestCheck } from '../test/test-plan.ts';
import { sayTest } from '../test/words.ts';
import { membershipSql } from './membership.ts';
import type { CatalogSegment } from './rule.ts';

/** What `expect` says of a segment, as a data test that runs once all is built that the segment reads. */
export interface SegmentTest {
  readonly name: string;
  readonly segment: string;
  readonly rule: 'size' | 'disjoint_with';
  readonly words: InEachLanguage<string>;
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

function sizeTest(segment: CatalogSegment, size: Size, catalog: Catalog, diagnostics: Diagnostic[]): SegmentTest {
  const { name, rule } = segment;
  const { sql, reads } = membersSql(segment, catalog, diagnostics);
  const counted = `select count(*) as members from (${sql}) as members`;
  const bounds = [
    ...(size.min === undefined ? [] : [{ fails: `members < ${size.min}`, by: `${size.min} - members` }]),
    ...(size.max === undefined ? [] : [{ fails: `members > ${size.max}`, by: `members - ${size.max}` }]),
  ];
  const missed = bounds.map(({ fails, by }) => `when ${fails} then ${by}`).join(' ');
  return {
    name: `${name}.size`,
    segment: name,
    rule: 'size',
    words: sayTest((words) => words.size(name, size)),
    check: {
      mode: 'query',
      failures: `select members, ${cut} as as_of from (${counted}) as counted where ${bounds.map(({ fails }) => fails).join(' or ')}`,
      tested: counted,
      counted: `select case ${missed} else 0 end as failing, members as tested from (${counted}) as counted`,
    },
    reads: [...reads].sort(),
    look: `etalon segment ${rule!.form === 'split' ? 'size' : 'attrition'} ${name}`,
  };
}

/** Those in both fail, of those in the segment. */
function disjointTest(
  segment: CatalogSegment,
  other: CatalogSegment,
  catalog: Catalog,
  diagnostics: Diagnostic[],
): SegmentTest {
  const [own, theirs] = [segment, other].map((one) => membersSql(one, catalog, diagnostics)) as [Members, Members];
  const both = `from (${own.sql}) as own left join (${theirs.sql}) as other on other.entity = own.entity`;
  return {
    name: `${segment.name}.disjoint_with.${other.name}`,
    segment: segment.name,
    rule: 'disjoint_with',
    words: sayTest((words) => words.disjoint(segment.name, other.name)),
    check: {
      mode: 'query',
      failures: `select own.entity as ${id(segment.key)} ${both} where other.entity is not null order by 1`,
      tested: `select count(*) from (${own.sql}) as own`,
      counted: `select count(other.entity) as failing, count(*) as tested ${both}`,
    },
    reads: [...new Set([...own.reads, ...theirs.reads])].sort(),
    look: `etalon segment overlap ${segment.name} ${other.name}`,
  };
}
