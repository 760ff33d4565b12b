import { expectationCheck, type ManifestSegment, type ManifestTest, type TestCheck } from '../../compiler/index.ts';
import { readsOfSegment } from '../schedule/needs.ts';
import { buildsToText } from '../state/rows.ts';
import { isEvaluatedSo, membersNowSql } from '../state/segment-marks.ts';
import type { RunContext } from './run-context.ts';

/**
 * What is expected of a segment, asked of the members that are stored: where each segment in it was evaluated at that very cut, by the rule of the project, from what is published now. Undefined: they are to
 * be computed.
 */
export async function findStoredCheck(
  context: RunContext,
  { segment, expected }: ManifestTest,
  cut: string | undefined,
): Promise<TestCheck | undefined> {
  if (segment === undefined || expected === undefined || cut === undefined) return undefined;
  const names = expected.rule === 'disjoint_with' ? [segment, expected.other] : [segment];
  for (const name of names) {
    const { fingerprint: rule, ...own } = context.manifest.segments.find((one) => one.name === name)!;
    const evaluation = { segment: name, rule, asOf: cut, inputs: buildsOf(context, own) };
    if (!(await isEvaluatedSo(context.engine, evaluation))) return undefined;
  }
  return expectationCheck(segment, expected, (name) => membersNowSql(name, cut));
}

/** As an evaluation writes down what it read. */
function buildsOf({ models, published }: RunContext, segment: Pick<ManifestSegment, 'reads'>): string {
  const names = [...readsOfSegment({ models, versions: published }, segment)];
  return buildsToText(
    Object.fromEntries(
      names.flatMap((name) => {
        const version = published.get(name);
        return version === undefined ? [] : [[name, version.build]];
      }),
    ),
  );
}
