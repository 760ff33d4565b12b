import type { ConditionDefinition } from '../../definition/condition.ts';
import type { SegmentDefinition } from '../../definition/segment.ts';
import { type Diagnostic, diagnostic, hasErrors, type Located } from '../../diagnostic/diagnostic.ts';
import { topologicalOrder } from '../../graph/topological-order.ts';
import type { Analysis, SegmentContext } from './analysis.ts';
import { membershipSql } from './membership.ts';
import { namesIn } from './names-in.ts';
import { resolveCondition } from './resolve-condition.ts';
import { resolveSplit } from './resolve-split.ts';
import type { CatalogSegment, SegmentRule } from './rule.ts';

const noNames = { activities: [], metrics: [], inputs: [] } as const;

/** A segment once its names have been found. */
export interface AnalysedSegment extends CatalogSegment {
  /** Models it reads, sorted. */
  readonly reads: readonly string[];
  /** What is named in it: activities of rows, metrics, other segments. */
  readonly activities: readonly string[];
  readonly metrics: readonly string[];
  readonly inputs: readonly string[];
}

/** Segments in order, each after those that it names. One with an error is left out: what hangs on it says nothing more. */
export function analyseSegments(
  definitions: readonly SegmentDefinition[],
  context: Omit<SegmentContext, 'catalog'> & { readonly catalog: Omit<SegmentContext['catalog'], 'segments'> },
): { readonly segments: ReadonlyMap<string, AnalysedSegment>; readonly diagnostics: readonly Diagnostic[] } {
  const diagnostics: Diagnostic[] = [];
  const byName = new Map(definitions.map((one) => [one.name, one]));
  const namedIn = (name: string) => segmentsNamed(byName.get(name)!).filter(({ value }) => byName.has(value));
  const { order, cycle } = topologicalOrder([...byName.keys()], (name) => namedIn(name).map(({ value }) => value));
  const segments = new Map<string, AnalysedSegment>();
  if (cycle) {
    const [first, next] = cycle;
    const place = namedIn(first!).find(({ value }) => value === next);
    diagnostics.push(
      diagnostic('E1502', `cycle: ${cycle.map((name) => `\`${name}\``).join(' is made of ')}`, {
        span: place?.span ?? byName.get(first!)!.span,
        hints: ['one of them must do without the other: by what its members do or are'],
      }),
    );
    return { segments, diagnostics };
  }
  for (const name of order) {
    const outcome = analyseSegment(byName.get(name)!, { ...context, catalog: { ...context.catalog, segments } });
    diagnostics.push(...outcome.diagnostics);
    if (outcome.segment) segments.set(name, outcome.segment);
  }
  return { segments, diagnostics };
}

/** The segments that a rule names, however deep. */
function segmentsNamed({ rule }: SegmentDefinition): readonly Located<string>[] {
  const below = (condition: ConditionDefinition): readonly Located<string>[] => {
    if (condition.form === 'segment') return [condition.segment];
    if (condition.form === 'all' || condition.form === 'any') return condition.of.flatMap(below);
    return condition.form === 'not' ? below(condition.of) : [];
  };
  return rule.form === 'where' ? below(rule.where) : [];
}

function analyseSegment(
  definition: SegmentDefinition,
  context: SegmentContext,
): { readonly segment?: AnalysedSegment; readonly diagnostics: readonly Diagnostic[] } {
  const diagnostics: Diagnostic[] = [];
  const entity = context.project.entities.find(({ name }) => name === definition.entity.value);
  if (!entity) return { diagnostics }; // said where references are checked
  const obstacles: string[] = [];
  const head = {
    name: definition.name,
    entity: entity.name,
    key: entity.key,
    ...(entity.attributes ? { attributes: entity.attributes.value } : {}),
    exclude: definition.exclude.map(({ value }) => value),
  };
  const analysis: Analysis = { ...context, definition, head, diagnostics, obstacles };
  const isWhole = checkPopulation(analysis) && checkExclusions(analysis);
  if (!isWhole || hasErrors(diagnostics)) return { diagnostics };
  const rule = resolveRule(definition, analysis);
  if (hasErrors(diagnostics) || (!rule && obstacles.length === 0)) return { diagnostics };
  const [why] = obstacles;
  if (why !== undefined || !rule)
    return { segment: { ...head, computed: false, notComputed: why!, reads: [], ...noNames }, diagnostics };
  const segment: CatalogSegment = { ...head, computed: true, rule };
  // Planned once, so that what it reads is known and what cannot be planned is told while compiling.
  const reads = new Set<string>();
  const asOf = "timestamptz '2000-01-01T00:00:00Z'";
  membershipSql({ catalog: context.catalog, asOf, reads, diagnostics }, segment);
  const { segments: inputs, ...named } = namesIn(rule, context.catalog.activities);
  return { segment: { ...segment, reads: [...reads].sort(), ...named, inputs }, diagnostics };
}

function resolveRule({ rule }: SegmentDefinition, analysis: Analysis): SegmentRule | undefined {
  if (rule.form === 'where') {
    const where = resolveCondition(rule.where, analysis);
    return where && { form: 'where', where };
  }
  const split = resolveSplit(rule.split, analysis);
  return split && { form: 'split', split };
}

/** The model with the properties has a row for each entity, by its key. False where that model has an error of its own. */
function checkPopulation({
  head,
  catalog,
  definition,
  diagnostics,
  obstacles,
  contracts,
  declared,
}: Analysis): boolean {
  const { span } = definition.entity;
  if (head.attributes === undefined) {
    if ([...catalog.activities.values()].some(({ entity }) => entity === head.entity)) return true;
    diagnostics.push(
      diagnostic('E1202', `nothing says who is a \`${head.entity}\`: it has no properties and does nothing`, {
        span,
        hints: [`add \`attributes:\` to \`${head.entity}\` in project.yml, or an activity of it in metrics/`],
      }),
    );
    return false;
  }
  const model = catalog.models.get(head.attributes);
  if (!model) {
    if (declared.has(head.attributes)) return false;
    const hints = [`\`${head.attributes}\` stands as \`attributes\` of \`${head.entity}\` in project.yml`];
    diagnostics.push(diagnostic('E1501', `unknown model \`${head.attributes}\``, { span, hints }));
    return false;
  }
  if (model.notComputed !== undefined && !contracts.has(model.name))
    obstacles.push(`the model \`${model.name}\` is not built: ${model.notComputed}`);
  if (model.key.length === 1 && model.key[0] === head.key) return true;
  diagnostics.push(
    diagnostic(
      'E1602',
      `\`${model.name}\` is to hold one row for each \`${head.entity}\`, and its key is ${model.key.length === 0 ? 'not declared' : `[${model.key.join(', ')}]`}`,
      { span, hints: [`say \`key: ${head.key}\` there; a declared key is tested before every publish`] },
    ),
  );
  return false;
}

/** False where one of them has an error of its own. */
function checkExclusions({ head, catalog, definition, diagnostics }: Analysis): boolean {
  for (const { value, span } of definition.exclude) {
    const exclusion = catalog.exclusions.get(value);
    if (!exclusion || exclusion.key === head.key) continue;
    diagnostics.push(
      diagnostic(
        'E1305',
        `\`${value}\` excludes by \`${exclusion.key}\`, and a \`${head.entity}\` is known by \`${head.key}\``,
        {
          span,
          hints: ['an exclusion is of the entity that the segment is made of'],
        },
      ),
    );
  }
  return definition.exclude.every(({ value }) => catalog.exclusions.has(value));
}
