import { CommandFailure } from '../command-failure.ts';
import type { Command } from '../context.ts';
import { exitCode } from '../exit-code.ts';
import { failUnbuilt } from '../project/fail-unbuilt.ts';
import { loadProject } from '../project/load-project.ts';
import { getTarget, withTarget } from '../project/open-target.ts';
import { targetExists } from '../project/read-target-history.ts';
import { deliver } from '../segment/deliver.ts';
import { readWebhook } from '../segment/export-request.ts';
import { findLedger } from '../segment/find-ledger.ts';

export const segmentResume: Command = async (context, [id], flags) => {
  const project = await loadProject(context, flags);
  const { webhook } = readWebhook(context, flags);
  if (!targetExists(project, getTarget(project, flags))) failUnbuilt(getTarget(project, flags));
  return withTarget(context, project, flags, async (engine) => {
    const { lines } = await findLedger(engine);
    const ofExport = lines.filter((line) => line.id === id);
    const line = ofExport.find(({ what }) => what === 'webhook');
    if (!line || ofExport.some(({ what }) => what === 'delivered'))
      throw new CommandFailure(
        exitCode.usage,
        line ? `the delivery \`${id}\` is done` : `no delivery \`${id}\` was begun`,
        ['etalon audit list shows all exports'],
      );
    return deliver(context, engine, line, webhook);
  });
};
