/** The whole public API of the compiler. */

export type { ColumnLineage } from './column-lineage.ts';
export { columnLineage, columnReaders } from './column-lineage.ts';
export type { ColumnUser } from './column-users.ts';
export { findColumnTests, findColumnUsers, metricColumns } from './column-users.ts';
export type { ColumnUse } from './column-uses.ts';
export type { Compilation } from './compile.ts';
export { compileFiles } from './compile.ts';
export type { CompileCache } from './compile-project.ts';
export { compileProject } from './compile-project.ts';
export type { Confusion, Confusions } from './confusions.ts';
export { findConfusions } from './confusions.ts';
export type { PeopleCount, PeopleCounts } from './count-people.ts';
export { countPeople } from './count-people.ts';
export { baseUrlHints, parseBaseUrl } from './definition/base-url.ts';
export type { CronLine } from './definition/cron.ts';
export type { Allowance, TestSeverity } from './definition/data-test.ts';
export type { ExampleDefinition, ExampleRow, ExampleValue, GivenTable } from './definition/example.ts';
export type { Grain, Status } from './definition/metric.ts';
export { grains } from './definition/metric.ts';
export type { CsvDelimiter, FileFormat, Layer, TrackingPlan } from './definition/model.ts';
export { columnLine, suggestPlainName } from './definition/plain-name.ts';
export type {
  Calendar,
  NotifyDefinition,
  NotifyOn,
  ProjectDefinition,
  TargetDefinition,
  UnitForms,
  Weekday,
} from './definition/project.ts';
export type { Schedule } from './definition/schedule.ts';
export { parseSchedule } from './definition/schedule.ts';
export type { ColumnType } from './definition/type-name.ts';
export { formatType, parseType } from './definition/type-name.ts';
export type { Diagnostic, Located, Position, Severity, Span } from './diagnostic/diagnostic.ts';
export type { DiagnosticJson } from './diagnostic/render-diagnostic.ts';
export { diagnosticToJson, renderDiagnostic } from './diagnostic/render-diagnostic.ts';
export type { DialectName, NameResolver, QualifiedName, Statement, Value } from './dialect/contract.ts';
export { qualify, quoteIdentifier, quoteLiteral } from './dialect/quote.ts';
export type { RenderOptions } from './dialect/render-sql.ts';
export { renderSql } from './dialect/render-sql.ts';
export { renderType } from './dialect/render-type.ts';
export type { PersonalId } from './entities.ts';
export { planEntities } from './entities.ts';
export type { CountedRows } from './events.ts';
export { eventCountsSql } from './events.ts';
export type { ExampleOutcome } from './example.ts';
export { compareExample, compareSegmentExample, planExample, planSegmentExample } from './example.ts';
export { explainNode, statusWords } from './explain.ts';
export type { AsOfTold } from './explain-question.ts';
export { explainQuestion } from './explain-question.ts';
export { loadParser } from './expression/parser.ts';
export type { InEachLanguage, WordsLanguage } from './expression/words-language.ts';
export { graphOf } from './graph-of.ts';
export type {
  Change,
  Increment,
  Lookup,
  NoIncrement,
  RowsSql,
  Unit,
  UnitsSql,
  UnitTable,
} from './increment.ts';
export {
  changedPeriods,
  failuresIn,
  failuresSince,
  incrementShapes,
  rowsSql,
  tellsArrival,
  unitsSql,
} from './increment.ts';
export type { AddedSql } from './increment-from-standing.ts';
export { addedSql, firstKeysSql } from './increment-from-standing.ts';
export type * from './manifest-types.ts';
export type { MetricRelation } from './metric-relations.ts';
export { metricRelations } from './metric-relations.ts';
export type { PeriodPlace, PeriodSpan, RowsOfPeriods } from './periods.ts';
export {
  closedRowsSql,
  countPeriodsSql,
  dayStartSql,
  hasPeriods,
  instantSql,
  isBeforePeriod,
  periodGrain,
  periodNameSql,
  periodsBeforeSql,
  unitsInPeriodsSql,
} from './periods.ts';
export type { PersonalStep } from './personal-flow.ts';
export { personalFlow } from './personal-flow.ts';
export { personalOutputs } from './personal-outputs.ts';
export { canonicalType } from './plan/canonical-type.ts';
export { dayNumber, dayText } from './plan/civil-day.ts';
export type { EntitiesRequest, QueryColumn, QueryPlan, QueryRequest } from './plan/query-types.ts';
export { expectationCheck } from './plan/segment/expectations.ts';
export type { TestCheck } from './plan/test/test-plan.ts';
export { planQuery } from './query.ts';
export { jsonSchemas } from './schema/json-schemas.ts';
export type { Attrition, AttritionRow, SegmentPlan, SegmentQuestion } from './segment.ts';
export { attritionOf, evaluateMask, overlapSets, planSegment } from './segment.ts';
export { segmentColumns } from './segment-columns.ts';
export type { Breaks, SegmentSplit } from './segment-memory.ts';
export {
  lookedAtName,
  planBreaks,
  planMembership,
  withBreaks,
  withStoredRule,
  writeStoredRule,
} from './segment-memory.ts';
export type { SegmentMoves } from './segment-moves.ts';
export { movedEntitiesSql, movesOfSegment } from './segment-moves.ts';
export { writeCellSegment } from './segment-of-cell.ts';
export type { Selection } from './select.ts';
export { selectNodes } from './select.ts';
export { parseManifest, serializeManifest } from './serialize-manifest.ts';
export { shapesOf } from './shapes-of.ts';
export type { SourceFile } from './source/source-file.ts';
export { sourceTime } from './source-time.ts';
export type { SourceUser } from './source-users.ts';
export { findSourceUsers } from './source-users.ts';
export { version } from './version.ts';
