import { formatType, type ManifestModel, parseType } from '../../compiler/index.ts';
import type { CatalogEntry } from '../engine/engine.ts';
import { inTables, rejectedName } from '../run/target-names.ts';
import { whyOther } from '../schedule/why-other.ts';
import type { CurrentVersion } from '../state/records.ts';
import { type Finding, rebuildOf } from './finding.ts';
import { findEntry, nameOf, type Standing, viewOf } from './standing.ts';

/** Is what the record says of a version there: the view, what it reads, the columns of the contract? */
export function checkVersion(standing: Standing, version: CurrentVersion): readonly Finding[] {
  const model = standing.models.get(version.model);
  const table = inTables(version.relation);
  const relation = findEntry(standing, table);
  const name = nameOf(table);
  const at = { kind: 'finding', model: version.model } as const;
  if (relation === undefined) {
    const message = `\`${name}\`, which is recorded as published, is not there`;
    return [{ ...at, what: 'table', message, mend: '`etalon run` builds it anew' }];
  }
  const findings: Finding[] = [...checkView(standing, version, relation)];
  if (relation.kind !== version.relationKind) {
    const message = `\`${name}\` is a ${relation.kind}, recorded is a ${version.relationKind}`;
    findings.push({ ...at, what: 'table', message, mend: rebuildOf(version.model) });
  }
  // Of a definition that changed since, the columns are those of the definition before.
  if (model === undefined || whyOther(version, model) !== undefined) return findings;
  const wrong = describeColumns(model, relation);
  if (wrong !== undefined) {
    findings.push({ ...at, what: 'columns', message: `\`${name}\` ${wrong}`, mend: rebuildOf(version.model) });
  }
  const rejected = rejectedName(table);
  if (model.source?.from === 'files' && findEntry(standing, rejected) === undefined) {
    const message = `\`${nameOf(rejected)}\`, the table of rejected rows, is not there`;
    findings.push({ ...at, what: 'table', message, mend: rebuildOf(version.model) });
  }
  return findings;
}

function checkView(standing: Standing, version: CurrentVersion, relation: CatalogEntry): readonly Finding[] {
  const view = viewOf(standing, version.model);
  const at = { kind: 'finding', what: 'view', model: version.model } as const;
  const entry = findEntry(standing, view);
  if (entry === undefined) {
    const message = `\`${nameOf(view)}\`, which is recorded as published, is not there`;
    const owned = standing.models.has(version.model);
    return [{ ...at, message, mend: owned ? '`etalon run` builds it anew' : '`etalon clean --yes` forgets it' }];
  }
  const wanted = nameOf(relation.name);
  if (entry.kind !== 'view' || !entry.reads.some((name) => nameOf(name) === wanted)) {
    const reads = entry.kind === 'view' ? `reads ${describeReads(entry)}` : 'is a table';
    return [
      { ...at, message: `\`${nameOf(view)}\` ${reads}, recorded is \`${wanted}\``, mend: rebuildOf(version.model) },
    ];
  }
  return [];
}

function describeReads({ reads }: CatalogEntry): string {
  return reads.length === 0 ? 'no table' : reads.map((name) => `\`${nameOf(name)}\``).join(', ');
}

/** What a raw table has besides its columns. */
const marks = ['_file', '_line', '_batch', '_loaded_at'];

/** How a relation's columns are other than the contract says; undefined where they are as it says. */
export function describeColumns(model: ManifestModel, relation: CatalogEntry): string | undefined {
  const wanted = [...model.columns.map(({ name }) => name), ...(model.source?.from === 'files' ? marks : [])];
  const names = relation.columns.map(({ name }) => name);
  if (wanted.join('\n') !== names.join('\n')) {
    return `has the columns ${names.join(', ')}; the contract says ${wanted.join(', ')}`;
  }
  const wrong = model.columns.flatMap((column, index) => {
    const type = column.type === undefined ? undefined : parseType(column.type);
    const found = relation.columns[index]!.type;
    return type === undefined || formatType(type) === found
      ? []
      : [`\`${column.name}\` as ${found}, the contract says ${formatType(type)}`];
  });
  return wrong.length === 0 ? undefined : `has ${wrong.join('; ')}`;
}
