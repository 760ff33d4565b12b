import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { jsonSchemas } from '../../compiler/schema/json-schemas.ts';
import type { Command, Context } from '../context.ts';
import { JsoncError, setJsoncProperty } from '../editor/edit-jsonc.ts';
import { exitCode } from '../exit-code.ts';
import { formatJson } from '../output/format-json.ts';
import { writeFile } from '../output/write-file.ts';
import { resolveProjectFolder } from '../project/load-project.ts';

/** Which files a schema is for: the same tree that the compiler reads. */
const patterns: Readonly<Record<string, string>> = {
  project: 'project.yml',
  'raw-model': 'models/raw/**/*.yml',
  'clean-model': 'models/clean/**/*.yml',
  'marts-model': 'models/marts/**/*.yml',
  metrics: 'metrics/**/*.yml',
  segments: 'segments/**/*.yml',
  'data-tests': 'tests/data/**/*.yml',
};

export const schema: Command = async (context, _words, flags) => {
  const folder = resolveProjectFolder(context, flags);
  const schemas = jsonSchemas();
  const written: string[] = [];
  for (const [type, content] of Object.entries(schemas)) {
    const path = `.etalon/schemas/${type}.json`;
    if (writeFile(join(folder, path), formatJson(content))) written.push(path);
  }
  const settings = mergeSettings(context, folder, Object.keys(schemas));
  if (settings) written.push(settings);
  const { output } = context;
  if (flags.json) output.out(formatJson({ written }));
  else output.out(written.length > 0 ? `${written.map((path) => `wrote ${path}`).join('\n')}\n` : 'all up to date\n');
  return exitCode.done;
};

/** Settings that cannot be read are left alone: what would have been added is printed instead. */
function mergeSettings({ output }: Context, folder: string, types: readonly string[]): string | undefined {
  const path = join('.vscode', 'settings.json');
  const file = join(folder, path);
  const before = existsSync(file) ? readFileSync(file, 'utf8') : '{}\n';
  const entries = types.flatMap((type) =>
    patterns[type] ? [[`./.etalon/schemas/${type}.json`, patterns[type]] as const] : [],
  );
  try {
    const merge = (text: string, [key, pattern]: readonly [string, string]) =>
      setJsoncProperty(text, ['yaml.schemas', key], pattern);
    const after = entries.reduce(merge, before.trim() === '' ? '{}\n' : before);
    return writeFile(file, after) ? path : undefined;
  } catch (error) {
    if (!(error instanceof JsoncError)) throw error;
    const wanted = JSON.stringify({ 'yaml.schemas': Object.fromEntries(entries) }, null, 2);
    output.err(`${path} cannot be read (${error.message}) and was left as it is; to be added there:\n${wanted}\n`);
    return undefined;
  }
}
