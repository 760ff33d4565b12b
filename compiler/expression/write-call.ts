import type { FuncCall, Node, SortBy, WindowDef } from './ast.ts';
import { functionName } from './ast.ts';
import { writeIdentifier } from './identifier.ts';
import type { Piece, Writer } from './writer.ts';
import { binding, fitted, restricted, UnsupportedSqlError } from './writer.ts';

export function writeCall(call: FuncCall, writer: Writer, indent: string | undefined): Piece {
  const name = functionName(call);
  const text = (node: Node | undefined, least = 0): string => {
    if (!node) throw new UnsupportedSqlError(`\`${name}\` without an argument`, call.location);
    return fitted(writer.piece(node, indent), least);
  };
  const args = call.args ?? [];
  if (name === 'timezone' && args.length === 2) {
    return {
      text: `${text(args[1], binding.zone)} AT TIME ZONE ${text(args[0], binding.collate)}`,
      binding: binding.zone,
    };
  }
  if (name === 'extract') return atom(`EXTRACT(${fieldOf(args[0], call)} FROM ${text(args[1])})`);
  if (name === 'position' && args[0] && args[1]) {
    const [whole, part] = [writer.piece(args[0], indent), writer.piece(args[1], indent)];
    return atom(`POSITION(${restricted(part)} IN ${restricted(whole)})`);
  }
  const sorts = sortList(call.agg_order, writer, indent);
  const list = call.agg_star ? '*' : args.map((arg) => text(arg)).join(', ');
  const inside = [
    call.agg_distinct ? 'DISTINCT' : '',
    call.func_variadic ? 'VARIADIC' : '',
    list,
    sorts && !call.agg_within_group ? `ORDER BY ${sorts}` : '',
  ];
  const written = /^[a-z_][a-z0-9_]*$/.test(name) ? name : name.split('.').map(writeIdentifier).join('.');
  const parts = [`${written}(${inside.filter((part) => part !== '').join(' ')})`];
  if (call.agg_within_group) parts.push(`WITHIN GROUP (ORDER BY ${sorts})`);
  if (call.agg_filter) parts.push(`FILTER (WHERE ${text(call.agg_filter)})`);
  if (call.over)
    parts.push(
      call.over.name ? `OVER ${writeIdentifier(call.over.name)}` : `OVER (${writer.window(call.over, indent)})`,
    );
  return atom(parts.join(' '));
}

function atom(text: string): Piece {
  return { text, binding: binding.atom };
}

function fieldOf(node: Node | undefined, call: FuncCall): string {
  const field = node && 'A_Const' in node ? node.A_Const.sval?.sval : undefined;
  if (field === undefined || !/^[a-z_]+$/i.test(field))
    throw new UnsupportedSqlError('`extract` of a part that is no word', call.location);
  return field.toUpperCase();
}

export function sortList(items: readonly Node[] | undefined, writer: Writer, indent: string | undefined): string {
  return (items ?? [])
    .map((item) => ('SortBy' in item ? writer.sort(item.SortBy, indent) : fitted(writer.piece(item, indent), 0)))
    .join(', ');
}

export function writeSort(item: SortBy, writer: Writer, indent: string | undefined): string {
  if (item.sortby_dir === 'SORTBY_USING') throw new UnsupportedSqlError('`order by … using`', item.location);
  const direction = item.sortby_dir === 'SORTBY_DESC' ? ' DESC' : '';
  const nulls =
    item.sortby_nulls === 'SORTBY_NULLS_FIRST'
      ? ' NULLS FIRST'
      : item.sortby_nulls === 'SORTBY_NULLS_LAST'
        ? ' NULLS LAST'
        : '';
  return `${writer.piece(item.node!, indent).text}${direction}${nulls}`;
}

/** Bits of a window's frame, from PostgreSQL's parsenodes.h. */
const frame = {
  nonDefault: 0x1,
  range: 0x2,
  rows: 0x4,
  groups: 0x8,
  startUnbounded: 0x20,
  endUnbounded: 0x100,
  startCurrent: 0x200,
  endCurrent: 0x400,
  startPreceding: 0x800,
  endPreceding: 0x1000,
  startFollowing: 0x2000,
  endFollowing: 0x4000,
  notCurrent: 0x8000,
  notGroup: 0x10000,
  notTies: 0x20000,
} as const;

export function writeWindow(window: WindowDef, writer: Writer, indent: string | undefined): string {
  const list = (nodes: readonly Node[]): string => nodes.map((node) => writer.piece(node, indent).text).join(', ');
  const parts: string[] = [];
  if (window.refname) parts.push(writeIdentifier(window.refname));
  if (window.partitionClause) parts.push(`PARTITION BY ${list(window.partitionClause)}`);
  if (window.orderClause) parts.push(`ORDER BY ${sortList(window.orderClause, writer, indent)}`);
  const options = window.frameOptions ?? 0;
  if (options & frame.nonDefault) parts.push(frameText(window, options, writer, indent));
  return parts.join(' ');
}

function frameText(window: WindowDef, options: number, writer: Writer, indent: string | undefined): string {
  const mode = options & frame.rows ? 'ROWS' : options & frame.groups ? 'GROUPS' : 'RANGE';
  const offset = (node: Node | undefined): string => (node ? fitted(writer.piece(node, indent), binding.sum) : '');
  const start =
    options & frame.startUnbounded
      ? 'UNBOUNDED PRECEDING'
      : options & frame.startCurrent
        ? 'CURRENT ROW'
        : `${offset(window.startOffset)} ${options & frame.startPreceding ? 'PRECEDING' : 'FOLLOWING'}`;
  const end =
    options & frame.endUnbounded
      ? 'UNBOUNDED FOLLOWING'
      : options & frame.endCurrent
        ? 'CURRENT ROW'
        : `${offset(window.endOffset)} ${options & frame.endPreceding ? 'PRECEDING' : 'FOLLOWING'}`;
  const exclude =
    options & frame.notCurrent
      ? ' EXCLUDE CURRENT ROW'
      : options & frame.notGroup
        ? ' EXCLUDE GROUP'
        : options & frame.notTies
          ? ' EXCLUDE TIES'
          : '';
  return `${mode} BETWEEN ${start} AND ${end}${exclude}`;
}
