import { posix } from 'node:path';
import { suggestNames } from '../diagnostic/nearest-name.ts';
import { fileSpan } from '../source/line-index.ts';
import type { SourceFile, SqlText, YamlNode } from '../source/source-file.ts';
import type { DefinitionContext } from './definition-context.ts';
import { checkInside, report } from './definition-context.ts';
import { textOf } from './read-node.ts';

/** The SQL file that a test names: beside the definition, in tests/data, or from the project folder. */
export function findTestSql(context: DefinitionContext, path: string, node: YamlNode): SqlText | undefined {
  const found = findFile(context, path, node, context.sqlFiles);
  if (!found) {
    const others = [...context.sqlFiles.keys()].filter((file) => file.startsWith('tests/data/'));
    reportMissing(
      context,
      node,
      others.map((file) => posix.basename(file)),
      'tests/data',
    );
    return undefined;
  }
  context.takenSql.add(found.path);
  return { text: found.text, span: fileSpan(found.path) };
}

/** The file of control totals that a test names, looked for in the same places. */
export function findControlFile(context: DefinitionContext, path: string, node: YamlNode): SourceFile | undefined {
  const found = findFile(context, path, node, context.controlFiles);
  if (found) context.takenControls.add(found.path);
  else reportMissing(context, node, [...context.controlFiles.keys()], 'controls');
  return found;
}

function findFile(
  context: DefinitionContext,
  path: string,
  node: YamlNode,
  files: ReadonlyMap<string, SourceFile>,
): SourceFile | undefined {
  const name = textOf(node);
  checkInside(context, name, node.span);
  const places = [posix.join(posix.dirname(path), name), posix.join('tests/data', name), posix.normalize(name)];
  return places.map((place) => files.get(place)).find((file) => file !== undefined);
}

function reportMissing(context: DefinitionContext, node: YamlNode, others: readonly string[], folder: string): void {
  const name = textOf(node);
  const near = suggestNames(name, others);
  const hints = near.length > 0 ? near : [`add \`${folder}/${posix.basename(name)}\``];
  report(context, 'E1501', node.span, `no file \`${name}\``, hints);
}
