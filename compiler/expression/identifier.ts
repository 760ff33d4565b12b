/** Words that PostgreSQL 18 or DuckDB 1.5 keep for themselves where a column, an alias or a table may stand (their own keyword lists, less the unreserved). */
const keywords = new Set(
  `all analyse analyze and any array as asc asymmetric both case cast check collate column constraint create current_catalog current_date current_role
current_schema current_time current_timestamp current_user default deferrable desc distinct do else end except false fetch for foreign from grant group having in
initially intersect into lateral leading limit localtime localtimestamp not null offset on only or order placing primary references returning select session_user
some symmetric system_user table then to trailing true union unique user using variadic when where window with
anti asof at authorization binary by collation columns concurrently cross freeze full generated glob ilike inner is isnull join left like map natural notnull outer
overlaps positional right semi similar struct tablesample try_cast unpack verbose
between bigint bit boolean char character coalesce dec decimal exists extract float greatest grouping grouping_id inout int integer interval json json_array
json_arrayagg json_exists json_object json_objectagg json_query json_scalar json_serialize json_table json_value least merge_action national nchar none normalize
nullif numeric out overlay position precision real row setof smallint substring time timestamp treat trim values varchar xmlattributes xmlconcat xmlelement
xmlexists xmlforest xmlnamespaces xmlparse xmlpi xmlroot xmlserialize xmltable
describe lambda pivot pivot_longer pivot_wider qualify show summarize unpivot`.split(/\s+/),
);

/** A name as SQL: bare where every engine reads it back as the same name, quoted otherwise. */
export function writeIdentifier(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) && !keywords.has(name) ? name : `"${name.replaceAll('"', '""')}"`;
}

/** Whether a column of this name must stand in quotes. */
export function isReserved(name: string): boolean {
  return keywords.has(name.toLowerCase());
}

export function writeText(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}
