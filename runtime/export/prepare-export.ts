import { createHash } from 'node:crypto';
import {
  type Manifest,
  type ManifestSegment,
  planSegment,
  type QueryColumn,
  type Value,
} from '../../compiler/index.ts';
import type { Engine } from '../engine/engine.ts';
import { queryTarget } from '../run/query-target.ts';
import type { Obstacle } from './judge-export.ts';

/** The rows of an export, in the order that is its own. */
export interface PreparedExport {
  readonly columns: readonly QueryColumn[];
  readonly rows: readonly (readonly Value[])[];
  readonly idsHash: string;
  readonly watermark: string;
}

export interface RowsRequest {
  readonly manifest: Manifest;
  readonly engine: Engine;
  readonly target: string;
  readonly segment: ManifestSegment;
  /** Of a split: this part alone. */
  readonly part?: string;
  /** The cut, an ISO instant. */
  readonly asOf: string;
  /** The export's id. */
  readonly id: string;
}

/** Reads the members with the columns that may leave; refuses where they are more than `limit`, and never hands out some of them. */
export async function prepareExport(
  request: RowsRequest,
): Promise<{ readonly prepared: PreparedExport } | { readonly obstacle: Obstacle }> {
  const { manifest, segment, part, asOf, id } = request;
  const { columns, limit } = segment.export!;
  const question = {
    ask: 'export',
    segment: segment.name,
    columns,
    ...(part === undefined ? {} : { part }),
    ...(limit === undefined ? {} : { limit: limit + 1 }),
  } as const;
  const { plan, diagnostics } = planSegment(manifest, question, asOf);
  if (!plan) throw new Error(diagnostics.map(({ message }) => message).join('; '));
  const { rows } = await queryTarget({ ...request, plan });
  if (limit !== undefined && rows.length > limit)
    return {
      obstacle: {
        message: `\`${segment.name}\` has more than ${limit} members as of ${asOf}, and \`export: limit\` is ${limit}`,
        hints: [`raise it in ${segment.path}:${segment.line}, where it is reviewed, or make the segment narrower`],
      },
    };
  return { prepared: { columns: plan.columns.slice(1), ...inOwnOrder(id, rows) } };
}

/** The first of each row is the key, which leaves only where the definition names it. */
function inOwnOrder(id: string, rows: readonly (readonly Value[])[]): Omit<PreparedExport, 'columns'> {
  const marked = rows.map((row) => ({ mark: hash(`${id}\n${String(row[0])}`), row }));
  marked.sort((a, b) => (a.mark < b.mark ? -1 : 1));
  const keys = rows.map(([key]) => String(key)).sort();
  return {
    rows: marked.map(({ row }) => row.slice(1)),
    idsHash: hash([id, ...keys].join('\n')),
    watermark: marked[0]?.mark ?? '',
  };
}

export function hash(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
