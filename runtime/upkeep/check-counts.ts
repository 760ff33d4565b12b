import { qualify, quoteLiteral } from '../../compiler/index.ts';
import { inTables } from '../run/target-names.ts';
import type { CurrentVersion } from '../state/records.ts';
import { countRows, type Finding, rebuildOf } from './finding.ts';
import { findEntry, nameOf, type Standing } from './standing.ts';

/** A statement costs a millisecond or two; one over all tables would be planned for long. */
const tablesPerStatement = 50;

/** Has each table the rows that its record says? What reads a table of somebody else's may have others by now, and is left out. */
export async function checkCounts(
  standing: Standing,
  versions: readonly CurrentVersion[],
): Promise<readonly Finding[]> {
  const counted = versions.filter(
    (version) =>
      version.rows !== undefined &&
      !isLive(standing, version.model) &&
      findEntry(standing, inTables(version.relation))?.kind === version.relationKind,
  );
  const findings: Finding[] = [];
  for (let from = 0; from < counted.length; from += tablesPerStatement) {
    const part = counted.slice(from, from + tablesPerStatement);
    const rows = await countAll(standing, part);
    for (const version of part) {
      const found = rows.get(version.model) ?? 0;
      if (found === version.rows) continue;
      const message = `\`${nameOf(inTables(version.relation))}\` has ${countRows(found)}, recorded are ${version.rows!.toLocaleString('en-US')}`;
      findings.push({
        kind: 'finding',
        what: 'row-count',
        model: version.model,
        message,
        mend: rebuildOf(version.model),
      });
    }
  }
  return findings;
}

async function countAll(
  { engine }: Standing,
  versions: readonly CurrentVersion[],
): Promise<ReadonlyMap<string, number>> {
  const counts = versions.map(
    ({ model, relation }) => `select ${quoteLiteral(model)}, count(*) from ${qualify(inTables(relation))}`,
  );
  const found = await engine.execute(counts.join(' union all '));
  return new Map(found.rows.map(([model, rows]) => [String(model), Number(rows)]));
}

/** Is it, or does it read through views, a table that others write to? */
function isLive(standing: Standing, name: string): boolean {
  const model = standing.models.get(name);
  if (model?.source !== undefined) return model.source.from === 'table';
  return model?.materialized === 'view' && model.reads.some((read) => isLive(standing, read));
}
