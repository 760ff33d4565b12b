import type { ConditionDefinition } from '../../definition/condition.ts';
import { diagnostic, type Span } from '../../diagnostic/diagnostic.ts';
import { suggestNames } from '../../diagnostic/nearest-name.ts';
import type { CatalogMetric } from '../catalog.ts';
import type { Analysis } from './analysis.ts';
import type { Condition } from './rule.ts';

type Written = Extract<ConditionDefinition, { form: 'metric' }>;

/** A plain metric that can be counted for each entity: over rows that say whose they are, cut by a time where there is a window. */
export function checkMetric(written: Written, analysis: Analysis): Condition | undefined {
  const { catalog, diagnostics, obstacles } = analysis;
  const metric = catalog.metrics.get(written.metric.value);
  if (!metric) return undefined;
  if (!metric.computed) {
    obstacles.push(`its metric \`${metric.name}\` is not computed: ${metric.notComputed}`);
    return undefined;
  }
  const before = diagnostics.length;
  checkForm(metric, written, analysis);
  if (diagnostics.length > before) return undefined;
  const { operator, number } = written.is;
  const within = written.within === undefined ? {} : { within: written.within.value };
  return { kind: 'metric', metric: metric.name, operator, number, ...within };
}

function checkForm(metric: CatalogMetric, written: Written, analysis: Analysis): void {
  const { span } = written.metric;
  const { diagnostics, catalog } = analysis;
  if (metric.rule !== undefined) {
    const plain = [...catalog.metrics.values()].filter((one) => one.rule === undefined).map((one) => one.name);
    diagnostics.push(
      diagnostic('E1407', `\`${metric.name}\` follows a group of entities and has no value for one`, {
        span,
        hints: ['name a plain metric', ...suggestNames(metric.name, plain)],
      }),
    );
    return;
  }
  if (!/^(integer|decimal|double)/.test(metric.type))
    diagnostics.push(
      diagnostic('E1407', `\`${metric.name}\` is ${metric.type}, not a number to be compared with`, {
        span,
        hints: ['name a metric that counts or adds up'],
      }),
    );
  if ((metric.requires ?? []).length > 0)
    diagnostics.push(
      diagnostic('E1601', `\`${metric.name}\` has no meaning over different \`${metric.requires!.join('`, `')}\``, {
        span,
        hints: ['name a metric that chooses one in its `where`'],
      }),
    );
  checkInputs(metric, written, analysis, new Set());
}

function checkInputs(metric: CatalogMetric, written: Written, analysis: Analysis, seen: Set<string>): void {
  if (seen.has(metric.name)) return;
  seen.add(metric.name);
  const { catalog, diagnostics } = analysis;
  const { span } = written.metric;
  const frame = metric.window ?? metric.toDate ?? metric.compare?.to;
  if (frame !== undefined)
    diagnostics.push(
      diagnostic('E1306', `\`${metric.name}\` looks at periods (${frame}), and a segment at one cut`, {
        span,
        hints: [...metric.inputs.map((name) => `name \`${name}\``), 'and say the window beside it: `within: 90 days`'],
      }),
    );
  if (metric.model !== undefined) checkModel(metric, metric.model, written, analysis);
  for (const name of metric.inputs) checkInputs(catalog.metrics.get(name)!, written, analysis, seen);
}

function checkModel(metric: CatalogMetric, name: string, { within, metric: named }: Written, analysis: Analysis): void {
  const { catalog, head, diagnostics } = analysis;
  const columns = catalog.models.get(name)?.columns.map((column) => column.name) ?? [];
  if (!columns.includes(head.key))
    told(
      named.span,
      `\`${name}\`, which \`${metric.name}\` counts, does not say whose its rows are: it has no column \`${head.key}\``,
      suggestNames(head.key, columns),
    );
  if (within && metric.time === undefined)
    told(within.span, `\`within\` does not apply: \`${metric.name}\` has no time to be cut by`, [
      `say \`time:\` in the metric, or in \`${name}\``,
    ]);

  function told(span: Span, message: string, hints: readonly string[]): void {
    diagnostics.push(diagnostic(message.startsWith('`within') ? 'E1603' : 'E1305', message, { span, hints }));
  }
}
