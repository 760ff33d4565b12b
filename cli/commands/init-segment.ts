import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { compileFiles } from '../../compiler/index.ts';
import { CommandFailure } from '../command-failure.ts';
import type { Command } from '../context.ts';
import { exitCode } from '../exit-code.ts';
import { writeFile } from '../output/write-file.ts';
import { compileFolder, requireManifest } from '../project/load-project.ts';
import { type Template, writeTemplate } from '../segment/segment-template.ts';

export const initSegment: Command = async (context, [template, asked], flags) => {
  const { folder, files, manifest } = requireManifest(await compileFolder(context, flags));
  const name = asked ?? `my_${template}`;
  if (!/^[a-z_][a-z0-9_]*$/.test(name))
    throw new CommandFailure(exitCode.usage, `\`${name}\`: no name of a segment`, [
      'small letters, digits and `_`, a letter first',
    ]);
  const path = `segments/${name}.yml`;
  if (existsSync(join(folder, path)) || manifest.segments.some((segment) => segment.name === name))
    throw new CommandFailure(exitCode.usage, `there is a segment \`${name}\` already`, [
      `give it another name: etalon init segment ${template} NAME`,
    ]);
  const written = writeTemplate(manifest, template as Template, name);
  if ('message' in written) throw new CommandFailure(exitCode.failed, written.message, [written.hint]);
  const { diagnostics } = compileFiles([...files, { kind: 'source-file', path, text: written.text }]);
  const error = diagnostics.find(({ severity }) => severity === 'error');
  if (error)
    throw new CommandFailure(exitCode.failed, `the template does not fit this project: ${error.message}`, error.hints);
  writeFile(join(folder, path), written.text);
  const { output } = context;
  output.out(`${path}\n\nto be edited:\n${written.edit.map((one) => `  ${one}\n`).join('')}`);
  output.out(`\nnext:\n  etalon segment preview ${path}\n`);
  return exitCode.done;
};
