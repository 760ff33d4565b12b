import type { YamlEntry } from '../source/source-file.ts';
import type { DefinitionContext } from './definition-context.ts';
import { checkName } from './definition-context.ts';
import type { ActivityDefinition, CohortDefinition } from './metric.ts';
import { omitUndefined } from './omit-undefined.ts';
import {
  findLocated,
  findNode,
  findNumber,
  findSql,
  findText,
  getLocated,
  getMapping,
  locateAll,
  textOf,
} from './read-node.ts';

export function defineActivity(context: DefinitionContext, entry: YamlEntry): ActivityDefinition {
  checkName(context, 'activity', entry.key, entry.keySpan);
  const body = getMapping(entry.value);
  const any = findNode(body, 'any');
  return omitUndefined({
    kind: 'activity' as const,
    name: entry.key,
    description: findText(body, 'description'),
    body: any
      ? { form: 'any' as const, of: locateAll(any) }
      : omitUndefined({
          form: 'rows' as const,
          from: getLocated(body, 'from'),
          entity: getLocated(body, 'entity'),
          time: getLocated(body, 'time'),
          until: findLocated(body, 'until'),
          where: findSql(body, 'where'),
          value: findSql(body, 'value'),
          order: findLocated(body, 'order'),
        }),
    path: entry.keySpan.file,
    span: entry.keySpan,
  });
}

export function defineCohort(context: DefinitionContext, entry: YamlEntry): CohortDefinition {
  checkName(context, 'cohort', entry.key, entry.keySpan);
  const body = getMapping(entry.value);
  const occurrence = findNode(body, 'occurrence');
  return omitUndefined({
    kind: 'cohort' as const,
    name: entry.key,
    description: findText(body, 'description'),
    anchor: getLocated(body, 'anchor'),
    occurrence: (occurrence?.kind === 'mapping'
      ? { nth: findNumber(occurrence, 'nth')! }
      : occurrence
        ? textOf(occurrence)
        : 'first_ever') as CohortDefinition['occurrence'],
    where: findSql(body, 'where'),
    by: locateAll(findNode(body, 'by')),
    path: entry.keySpan.file,
    span: entry.keySpan,
  });
}
