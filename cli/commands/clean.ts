import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type CleanRequest, cleanTarget, findOrphans, type Orphan } from '../../runtime/run/clean-target.ts';
import type { Command } from '../context.ts';
import { exitCode } from '../exit-code.ts';
import { formatJson } from '../output/format-json.ts';
import { formatCount } from '../output/format-quantity.ts';
import { loadProject } from '../project/load-project.ts';
import { getTarget, withTarget } from '../project/open-target.ts';
import { targetExists } from '../project/read-target-history.ts';

/** What other commands write there and can write again; a database that stands beside them is none of it. */
const madeFiles = ['target/manifest.json', 'target/docs', 'target/cache', 'target/faults'];

export const clean: Command = async (context, _words, flags) => {
  const project = await loadProject(context, flags);
  const target = getTarget(project, flags);
  const files = madeFiles.filter((path) => existsSync(join(project.folder, path)));
  const { output } = context;
  const inTarget = <T>(work: (request: CleanRequest) => Promise<T>, nothing: T) => {
    if (!targetExists(project, target)) return Promise.resolve(nothing);
    return withTarget(context, project, flags, (engine) =>
      work({ engine, manifest: project.manifest, target: target.name }),
    );
  };
  if (!flags.yes) {
    const orphans = await inTarget(findOrphans, []);
    if (flags.json) output.out(formatJson({ removed: false, orphans, files }));
    else output.out(describeIntent(orphans, files));
    return exitCode.done;
  }
  const owner = `clean-${process.pid}`;
  const cleaned = await inTarget((request) => cleanTarget(request, owner, context.clock()), { dropped: [], kept: [] });
  for (const path of files) rmSync(join(project.folder, path), { recursive: true, force: true });
  if (flags.json) output.out(formatJson({ removed: true, ...cleaned, files }));
  else {
    for (const name of [...cleaned.dropped, ...files]) output.out(`removed  ${name}\n`);
    for (const { model, why } of cleaned.kept) output.err(`kept     ${model}: ${why}\n`);
    if (cleaned.dropped.length + files.length === 0) output.out('nothing to remove\n');
  }
  return cleaned.kept.length > 0 ? exitCode.part : exitCode.done;
};

function describeIntent(orphans: readonly Orphan[], files: readonly string[]): string {
  if (orphans.length + files.length === 0) return 'nothing to remove\n';
  const models = orphans.map(({ model, names, rows }) => {
    const held = rows === undefined ? '' : `, ${formatCount(rows, 'row')}`;
    return `would drop    ${names.join(', ') || model}  (\`${model}\` is defined nowhere${held})\n`;
  });
  const paths = files.map((path) => `would remove  ${path}\n`);
  return `${[...models, ...paths].join('')}\nto do so: etalon clean --yes\n`;
}
