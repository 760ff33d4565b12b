import { CommandFailure } from '../command-failure.ts';
import type { Command } from '../context.ts';
import { exitCode } from '../exit-code.ts';
import { formatJson } from '../output/format-json.ts';
import { formatCount } from '../output/format-quantity.ts';
import { failUnbuilt } from '../project/fail-unbuilt.ts';
import { loadProject } from '../project/load-project.ts';
import { getTarget, withTarget } from '../project/open-target.ts';
import { targetExists } from '../project/read-target-history.ts';
import { findLedger } from '../segment/find-ledger.ts';

export const auditVerify: Command = async (context, _words, flags) => {
  const project = await loadProject(context, flags);
  const kept = (flags.holds as readonly string[] | undefined) ?? [];
  const odd = kept.find((hash) => !/^[0-9a-f]{64}$/.test(hash));
  if (odd !== undefined)
    throw new CommandFailure(exitCode.usage, `\`--holds ${odd}\`: a line's hash has 64 digits from 0 to f`, [
      '`etalon segment export` prints it',
    ]);
  if (!targetExists(project, getTarget(project, flags))) failUnbuilt(getTarget(project, flags));
  const { findTampering } = await import('../../runtime/export/find-tampering.ts');
  const { lines, head } = await withTarget(context, project, flags, findLedger, { readOnly: true });
  const hashes = new Set(lines.map(({ hash }) => hash));
  const findings = [
    ...findTampering(lines, head),
    ...kept
      .filter((hash) => !hashes.has(hash))
      .map((hash) => ({ line: 0, what: 'gone' as const, message: `no line has the hash ${hash} any more` })),
  ];
  const { output } = context;
  const isWhole = findings.length === 0;
  if (flags.json) output.out(formatJson({ whole: isWhole, lines: lines.length, head: head?.hash ?? null, findings }));
  else {
    const { green, red } = output.outColours;
    for (const { what, message } of findings) output.out(`${red(what)}  ${message}\n`);
    const last = head === undefined ? '' : `, the last ${head.hash}`;
    output.out(
      isWhole
        ? `${green('the ledger is whole')}: ${formatCount(lines.length, 'line')}${last}\n`
        : `${red(formatCount(findings.length, 'finding'))} in ${formatCount(lines.length, 'line')}: compare with a backup of \`etalon_state.export_ledger\`\n`,
    );
  }
  return isWhole ? exitCode.done : exitCode.failed;
};
