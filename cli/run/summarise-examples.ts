import type { ExampleResult } from '../../docs-site/index.ts';
import type { Colours } from '../output/output.ts';

export interface ExampleTotals {
  readonly passed: number;
  readonly failed: number;
}

export function totalExamples(results: readonly ExampleResult[]): ExampleTotals {
  const passed = results.filter((result) => result.status === 'passed').length;
  return { passed, failed: results.length - passed };
}

export function formatExamples({ passed, failed }: ExampleTotals, colours: Colours): string {
  const parts = [
    ...(passed > 0 ? [colours.green(`${passed} passed`)] : []),
    ...(failed > 0 ? [colours.red(`${failed} failed`)] : []),
  ];
  return parts.join(', ') || 'none';
}

/** The examples that did not come out, with what differs. */
export function formatFailedExamples(results: readonly ExampleResult[], colours: Colours): string {
  return results
    .filter((result) => result.status !== 'passed')
    .map((result) => {
      const message = (result.message ?? 'the rows differ').replaceAll('\n', '\n    ');
      return `${colours.red(result.status)}  ${result.metric}: ${result.title}\n    ${message}\n`;
    })
    .join('');
}
