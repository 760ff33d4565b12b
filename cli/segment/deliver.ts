import type { Engine } from '../../runtime/engine/engine.ts';
import type { Webhook } from '../../runtime/export/deliver.ts';
import type { ChainedLine } from '../../runtime/export/ledger-line.ts';
import type { Context } from '../context.ts';
import { type ExitCode, exitCode } from '../exit-code.ts';
import { formatCount } from '../output/format-quantity.ts';
import { whoExports } from './export-request.ts';

/** Sends what of an export is not delivered yet, and says how to go on where something is left. */
export async function deliver(
  context: Context,
  engine: Engine,
  line: ChainedLine,
  webhook: Webhook,
): Promise<ExitCode> {
  const { deliverBatches } = await import('../../runtime/export/deliver.ts');
  const { recordDelivered } = await import('../../runtime/export/record-export.ts');
  const { output, clock, signal } = context;
  const { sent, left } = await deliverBatches(engine, line.id, webhook, { clock, signal });
  if (left) {
    output.err(`${formatCount(sent, 'batch', 'batches')} delivered, ${left.batches} left: ${left.why}\n`);
    output.err(`go on: etalon segment resume ${line.id}\n`);
    return signal.aborted ? exitCode.interrupted : exitCode.part;
  }
  await recordDelivered(engine, line, clock(), whoExports(context));
  output.err(`${formatCount(sent, 'batch', 'batches')} delivered\n`);
  return exitCode.done;
}
