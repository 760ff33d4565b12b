/** The whole public API of the compiler. */
export type { Diagnostic, Located, Position, Severity, Span } from './diagnostic/diagnostic.ts';
export type { Calendar, ProjectDefinition, TargetDefinition, Weekday } from './definition/project.ts';
export type { Allowance, TestSeverity } from './definition/data-test.ts';
export type { ExampleDefinition, ExampleRow, ExampleValue, GivenTable } from './definition/example.ts';
export type { FileFormat, Layer, TrackingPlan } from './definition/model.ts';
export { grains } from './definition/metric.ts';
export type { Grain, Status } from './definition/metric.ts';
export { formatType, parseType } from './definition/type-name.ts';
export type { ColumnType } from './definition/type-name.ts';
export type { DialectName, NameResolver, QualifiedName, Statement, Value } from './dialect/contract.ts';
export { canonicalType, qualify, quoteIdentifier, quoteLiteral } from './dialect/quote.ts';
export { renderSql } from './dialect/render-sql.ts';
export type { RenderOptions } from './dialect/render-sql.ts';
export { renderType } from './dialect/render-type.ts';
export { loadParser } from './expression/parser.ts';
export type * from './manifest-types.ts';
