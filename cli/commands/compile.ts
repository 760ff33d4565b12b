import { join } from 'node:path';
import { diagnosticToJson } from '../../compiler/diagnostic/render-diagnostic.ts';
import type { Diagnostic } from '../../compiler/index.ts';
import type { ManifestList } from '../../compiler/kept/manifest-bytes.ts';
import { countEntries, countWritten } from '../../compiler/kept/open-manifest.ts';
import { encodeManifest } from '../../compiler/serialize-manifest.ts';
import type { Command, Context, Flags } from '../context.ts';
import { type ExitCode, exitCode } from '../exit-code.ts';
import { compareLock, type LockComparison } from '../lock/compare-lock.ts';
import { formatLock, lockFileName, readLock } from '../lock/lock-file.ts';
import { reportSilentChange } from '../lock/report-silent-change.ts';
import { formatJson } from '../output/format-json.ts';
import { formatCount } from '../output/format-quantity.ts';
import { countBySeverity, printDiagnostics } from '../output/print-diagnostics.ts';
import { writeFile } from '../output/write-file.ts';
import { type CompiledFolder, checkFolder, type Project } from '../project/load-project.ts';

export const compile: Command = async (context, _words, flags) => {
  const compiled = await checkFolder(context, flags);
  const { manifest } = compiled;
  if (!manifest) return report(context, flags, compiled, compiled.diagnostics);
  const project = { ...compiled, manifest };
  const lock = readLock(project.folder);
  const comparison = compareLock(manifest.metrics, manifest.segments, lock);
  const severity = flags.check ? 'error' : 'warning';
  const silent = comparison.silent.map((change) => reportSilentChange(change, project.files, severity));
  const outdated = flags.check ? findOutdated(comparison) : [];
  if (!flags.check) writeResults(project, comparison);
  return report(context, flags, compiled, [...project.diagnostics, ...silent], outdated);
};

/** What a commit forgot: without it the next silent change of these would go unseen. */
function findOutdated({ added, raised, removed }: LockComparison): string[] {
  const names = (list: readonly string[]) => list.map((name) => `\`${name}\``).join(', ');
  return [
    ...(added.length > 0 ? [`${lockFileName} does not hold ${names(added)}`] : []),
    ...(raised.length > 0 ? [`${lockFileName} holds an older version of ${names(raised)}`] : []),
    ...(removed.length > 0 ? [`${lockFileName} holds ${names(removed)}, defined nowhere`] : []),
  ];
}

function writeResults(project: Project, comparison: LockComparison): void {
  writeFile(join(project.folder, 'target', 'manifest.json'), encodeManifest(project.manifest));
  writeFile(join(project.folder, lockFileName), formatLock(comparison.next));
}

async function report(
  context: Context,
  flags: Flags,
  compiled: CompiledFolder,
  diagnostics: readonly Diagnostic[],
  outdated: readonly string[] = [],
): Promise<ExitCode> {
  const { output } = context;
  const { errors, warnings } = countBySeverity(diagnostics);
  const failed = errors > 0 || outdated.length > 0;
  if (flags.json)
    output.out(formatJson({ ok: !failed, errors, warnings, outdated, diagnostics: diagnostics.map(diagnosticToJson) }));
  else printDiagnostics(output, diagnostics, compiled.files);
  for (const line of flags.json ? [] : outdated) {
    output.err(`${output.errColours.red('error')}: ${line}\n  run \`etalon compile\` and commit ${lockFileName}\n`);
  }
  if (failed) return exitCode.failed;
  if (!flags.json && compiled.manifest) output.out(`${summarise(compiled.manifest)}\n`);
  return warnings > 0 && flags.failOn === 'warn' ? exitCode.warned : exitCode.done;
}

function summarise(manifest: Project['manifest']): string {
  const count = (list: ManifestList) => countEntries(manifest, list);
  const parts = [
    formatCount(countWritten(manifest), 'model'),
    formatCount(count('metrics'), 'metric'),
    ...(count('segments') > 0 ? [formatCount(count('segments'), 'segment')] : []),
    formatCount(count('tests'), 'data test'),
  ];
  return `${manifest.project.name}: ${parts.join(', ')}, all sound`;
}
