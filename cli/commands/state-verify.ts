import type { Finding } from '../../runtime/upkeep/finding.ts';
import type { Verified } from '../../runtime/upkeep/verify-state.ts';
import type { Command, Context } from '../context.ts';
import { exitCode } from '../exit-code.ts';
import { formatJson } from '../output/format-json.ts';
import { formatCount } from '../output/format-quantity.ts';
import { failUnbuilt } from '../project/fail-unbuilt.ts';
import { loadProject } from '../project/load-project.ts';
import { getTarget, withTarget } from '../project/open-target.ts';
import { targetExists } from '../project/read-target-history.ts';
import { selectNames } from '../project/select-names.ts';
import { readHashKey } from '../run/read-hash-key.ts';

export const stateVerify: Command = async (context, _words, flags) => {
  const project = await loadProject(context, flags);
  const target = getTarget(project, flags);
  const { models } = await selectNames(project.manifest, flags);
  if (!targetExists(project, target)) failUnbuilt(target);
  const { verifyState } = await import('../../runtime/upkeep/verify-state.ts');
  const deep = flags.deep === true;
  // What is only counted needs no key.
  const hashKey = deep ? await readHashKey(context, project, flags) : undefined;
  const verified = await withTarget(
    context,
    project,
    flags,
    (engine) =>
      verifyState({
        engine,
        manifest: project.manifest,
        target: target.name,
        ...(flags.select === undefined ? {} : { select: [...models] }),
        folder: project.folder,
        clock: context.clock,
        deep,
        ...(hashKey ? { hashKey } : {}),
      }),
    // Files are read again into tables that a rollback takes away.
    { readOnly: !deep },
  );
  const agrees = verified.findings.length === 0;
  if (flags.json) context.output.out(formatJson({ target: target.name, agrees, deep, ...verified }));
  else print(context, verified, deep);
  return agrees ? exitCode.done : exitCode.failed;
};

function print({ output }: Context, { models, findings, compared, notCompared }: Verified, deep: boolean): void {
  const { green, red, dim } = output.outColours;
  for (const finding of findings) output.out(renderFinding(finding, red, dim));
  for (const { model, why } of notCompared) output.out(`${dim('not compared')}  ${model}: ${why}\n`);
  const rows = deep ? `; all rows of ${compared.length} compared with a rebuild` : '';
  const looked = `${formatCount(models, 'published model')} looked at${rows}`;
  const verdict =
    findings.length === 0 ? green('the target agrees with its record') : red(formatCount(findings.length, 'finding'));
  output.out(`${verdict}: ${looked}\n`);
}

function renderFinding(
  { model, what, message, mend, difference }: Finding,
  red: (text: string) => string,
  dim: (text: string) => string,
): string {
  const keys = (title: string, found: readonly unknown[] | undefined) =>
    found === undefined || found.length === 0
      ? ''
      : `  ${title}: ${found.map((one) => JSON.stringify(one)).join(' ')}\n`;
  return [
    `${red(what)}  ${model === undefined ? '' : `${model}: `}${message}\n`,
    keys('missing', difference?.missingKeys),
    keys('too many', difference?.extraKeys),
    `  ${dim(mend)}\n`,
  ].join('');
}
