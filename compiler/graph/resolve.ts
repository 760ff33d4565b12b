import type { Definitions } from '../definition/definitions.ts';
import type { ModelDefinition } from '../definition/model.ts';
import { type Diagnostic, diagnostic, type Located, type Span } from '../diagnostic/diagnostic.ts';
import { suggestNames } from '../diagnostic/nearest-name.ts';
import type { ParsedSelect } from '../expression/contract.ts';
import { parseSelect } from '../expression/parse-select.ts';
import type { Templates } from '../template/templates.ts';
import { topologicalOrder } from './topological-order.ts';

/** A model whose names have been found: what it reads, and its SELECT where it has one. */
export interface ResolvedModel {
  readonly definition: ModelDefinition;
  readonly select?: ParsedSelect;
  /** Models it reads, sorted. */
  readonly reads: readonly string[];
}

/** Definitions whose names lead somewhere. Models stand so that each comes after all that it reads. */
export interface Graph {
  readonly definitions: Definitions;
  readonly models: readonly ResolvedModel[];
}

/**
 * Finds what each model reads (`from:`, the tables of its SQL, the models of its exclusions), checks that it is there and that the layers run one way, and puts the
 * models in order. A cycle is told as a path.
 */
export function resolve(
  definitions: Definitions,
  templates: Templates,
): { readonly graph?: Graph; readonly diagnostics: readonly Diagnostic[] } {
  const diagnostics: Diagnostic[] = [];
  const byName = new Map(definitions.models.map((model) => [model.name, model]));
  const resolved = new Map<string, ResolvedModel>();
  for (const model of definitions.models) {
    const found = resolveModel(model, definitions, templates, diagnostics);
    const reads = new Set<string>();
    for (const read of found.reads) {
      if (checkRead(model, read, byName, diagnostics)) reads.add(read.value);
    }
    resolved.set(model.name, {
      definition: model,
      reads: [...reads].sort(),
      ...(found.select ? { select: found.select } : {}),
    });
    checkRelations(model, byName, diagnostics);
  }
  const ordered = topologicalOrder([...resolved.keys()], (name) => resolved.get(name)!.reads);
  if (ordered.cycle) {
    diagnostics.push(cycleFound(ordered.cycle, byName));
    return { diagnostics };
  }
  return { graph: { definitions, models: ordered.order.map((name) => resolved.get(name)!) }, diagnostics };
}

function resolveModel(
  model: ModelDefinition,
  definitions: Definitions,
  templates: Templates,
  diagnostics: Diagnostic[],
): { reads: Located<string>[]; select?: ParsedSelect } {
  switch (model.form) {
    case 'source':
    case 'contract':
      return { reads: [] };
    case 'identity':
      return {
        reads: [...model.identity.links.map((link) => link.from), ...model.identity.also.map((also) => also.from)],
      };
    case 'declarative': {
      const reads = [model.from];
      for (const name of model.exclude) {
        const exclusion = definitions.project.exclusions.find((e) => e.name === name.value);
        if (exclusion) reads.push({ value: exclusion.in.value, span: name.span });
        else diagnostics.push(unknownExclusion(name, definitions));
      }
      for (const { body } of model.columns) {
        if (body.form === 'money') reads.push(body.rates);
        if (body.form !== 'identity') continue;
        const identity = identityOf(body.entity, definitions);
        if (identity) reads.push({ value: identity.name, span: body.entity.span });
        else diagnostics.push(unknownIdentity(body.entity, definitions));
      }
      return { reads };
    }
    case 'sql': {
      const rendered = templates.render(model.sql);
      diagnostics.push(...rendered.diagnostics);
      if (rendered.diagnostics.some((d) => d.severity === 'error')) return { reads: [] };
      const parsed = parseSelect(rendered.text);
      diagnostics.push(...parsed.diagnostics);
      if (!parsed.select) return { reads: [] };
      return {
        reads: parsed.select.tables.map((table) => ({ value: table.model, span: table.span })),
        select: parsed.select,
      };
    }
  }
}

function identityOf(entity: Located<string>, { models }: Definitions): ModelDefinition | undefined {
  return models.find((model) => model.form === 'identity' && model.identity.entity.value === entity.value);
}

function unknownIdentity(entity: Located<string>, { models }: Definitions): Diagnostic {
  const stitched = models.flatMap((model) => (model.form === 'identity' ? [model.identity.entity.value] : []));
  const hints =
    stitched.length > 0
      ? suggestNames(entity.value, stitched)
      : ['no model stitches ids: add one with `identity:` in models/clean'];
  return diagnostic('E1501', `no identity model says who \`${entity.value}\` is`, { span: entity.span, hints });
}

export function unknownExclusion(name: Located<string>, definitions: Definitions): Diagnostic {
  const names = definitions.project.exclusions.map((e) => e.name);
  const hints =
    names.length > 0
      ? suggestNames(name.value, names)
      : ['no exclusion is declared: add it under `exclude:` in project.yml'];
  return diagnostic('E1501', `unknown exclusion \`${name.value}\``, { span: name.span, hints });
}

function checkRead(
  model: ModelDefinition,
  read: Located<string>,
  byName: ReadonlyMap<string, ModelDefinition>,
  diagnostics: Diagnostic[],
): boolean {
  const target = byName.get(read.value);
  if (!target) {
    diagnostics.push(unknownModel(read, byName.keys()));
    return false;
  }
  if (model.layer === 'clean' && target.layer === 'marts') {
    diagnostics.push(
      diagnostic('E1504', `\`${model.name}\` is in the clean layer and reads \`${target.name}\` of the marts`, {
        span: read.span,
        hints: ['data runs raw → clean → marts: read a raw or clean model, or move this one to models/marts'],
      }),
    );
    return false;
  }
  return true;
}

export function unknownModel(name: Located<string>, available: Iterable<string>): Diagnostic {
  return diagnostic('E1501', `unknown model \`${name.value}\``, {
    span: name.span,
    hints: suggestNames(name.value, available),
  });
}

function checkRelations(
  model: ModelDefinition,
  byName: ReadonlyMap<string, ModelDefinition>,
  diagnostics: Diagnostic[],
): void {
  const columns = new Set(model.columns.map((column) => column.name));
  for (const relation of model.relations) {
    if (!byName.has(relation.to.value)) diagnostics.push(unknownModel(relation.to, byName.keys()));
    if (columns.size === 0) continue; // columns come from the query; the plan checks them
    for (const column of relation.on) {
      if (!columns.has(column)) {
        diagnostics.push(
          diagnostic('E1305', `\`${model.name}\` has no column \`${column}\``, {
            span: relation.span,
            hints: suggestNames(column, columns),
          }),
        );
      }
    }
  }
}

function cycleFound(cycle: readonly string[], byName: ReadonlyMap<string, ModelDefinition>): Diagnostic {
  const first = byName.get(cycle[0]!)!;
  const span: Span =
    first.form === 'sql' ? first.sql.span : first.form === 'declarative' ? first.from.span : first.span;
  return diagnostic('E1502', `cycle: ${cycle.map((name) => `\`${name}\``).join(' reads ')}`, {
    span,
    hints: [
      `take one of these reads out; the files are ${cycle
        .slice(0, -1)
        .map((name) => byName.get(name)!.path)
        .join(', ')}`,
    ],
  });
}
