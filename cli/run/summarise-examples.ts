import type { ExamplesRun } from '../../runtime/run/run-examples.ts';
import type { Colours } from '../output/output.ts';

export interface ExampleTotals {
  readonly passed: number;
  readonly failed: number;
  /** Of metrics that this version does not compute. */
  readonly notComputed: number;
}

export function totalExamples({ results, notComputed }: ExamplesRun): ExampleTotals {
  const passed = results.filter((result) => result.status === 'passed').length;
  return { passed, failed: results.length - passed, notComputed };
}

export function formatExamples({ passed, failed, notComputed }: ExampleTotals, colours: Colours): string {
  const parts = [
    ...(passed > 0 ? [colours.green(`${passed} passed`)] : []),
    ...(failed > 0 ? [colours.red(`${failed} failed`)] : []),
    ...(notComputed > 0 ? [`${notComputed} not computed by this version`] : []),
  ];
  return parts.join(', ') || 'none';
}

/** The examples that did not come out, with what differs. */
export function formatFailedExamples({ results }: ExamplesRun, colours: Colours): string {
  return results
    .filter((result) => result.status !== 'passed')
    .map((result) => {
      const differences = result.differences.map((line) => `    ${line.replaceAll('\n', '\n    ')}\n`);
      const place = colours.dim(`${result.path}:${result.line}`);
      return `${colours.red(result.status)}  ${result.metric}: ${result.title}  ${place}\n${differences.join('')}`;
    })
    .join('');
}
