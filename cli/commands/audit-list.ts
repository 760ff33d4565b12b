import type { Command } from '../context.ts';
import { exitCode } from '../exit-code.ts';
import { formatJson } from '../output/format-json.ts';
import { formatTable } from '../output/format-table.ts';
import { failUnbuilt } from '../project/fail-unbuilt.ts';
import { loadProject } from '../project/load-project.ts';
import { getTarget, withTarget } from '../project/open-target.ts';
import { targetExists } from '../project/read-target-history.ts';
import { findLedger } from '../segment/find-ledger.ts';

export const auditList: Command = async (context, _words, flags) => {
  const project = await loadProject(context, flags);
  if (!targetExists(project, getTarget(project, flags))) failUnbuilt(getTarget(project, flags));
  const { lines } = await withTarget(context, project, flags, findLedger, { readOnly: true });
  const { output } = context;
  if (flags.json) {
    output.out(formatJson(lines));
    return exitCode.done;
  }
  const rows = lines.map((line) => [
    String(line.number),
    line.at,
    line.what,
    `${line.segment} v${line.segmentVersion}`,
    String(line.rows),
    line.who,
    line.role,
    line.purpose,
  ]);
  const titles = ['line', 'at', 'what', 'segment', 'rows', 'who', 'role', 'purpose'].map((title) => ({ title }));
  output.out(lines.length === 0 ? 'nothing was exported\n' : formatTable(titles, rows, output.outColours.bold));
  return exitCode.done;
};
