import { extname } from 'node:path/posix';
import type { Document, YamlMapping } from '../source/source-file.ts';
import type { DefinitionContext } from './definition-context.ts';
import { checkInside, report } from './definition-context.ts';
import type { CsvDelimiter, FileFormat, ModelCommon, SourceModel, TrackingPlan } from './model.ts';
import { omitUndefined } from './omit-undefined.ts';
import { findNode, findText, getMapping, getNode, getScalar, getText, textOf } from './read-node.ts';

const formats: Readonly<Record<string, FileFormat>> = {
  '.csv': 'csv',
  '.tsv': 'csv',
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
  '.parquet': 'parquet',
};

/** By the ending; `.csv.gz` is csv. */
function formatOf(pattern: string): FileFormat | undefined {
  return formats[extname(pattern.replace(/\.(gz|zst)$/i, '')).toLowerCase()];
}

function sourceOf(context: DefinitionContext, body: YamlMapping): SourceModel['source'] {
  const files = findNode(body, 'files');
  if (!files) return { from: 'table', table: getText(body, 'table'), span: getNode(body, 'table').span };
  const pattern = textOf(files);
  checkInside(context, pattern, files.span);
  const format = (findText(body, 'format') as FileFormat | undefined) ?? formatOf(pattern);
  if (!format) {
    const hints = ['add `format: csv`, `jsonl` or `parquet`'];
    report(context, 'E1202', files.span, `the ending of \`${pattern}\` does not say the format`, hints);
  }
  const delimiter = delimiterOf(context, body, pattern, format);
  const onChange = (findText(body, 'on_change') ?? 'error') as 'error' | 'reload';
  return { from: 'files', pattern, format: format ?? 'csv', ...delimiter, onChange, span: files.span };
}

/** A comma is not written down. */
function delimiterOf(
  context: DefinitionContext,
  body: YamlMapping,
  pattern: string,
  format: FileFormat | undefined,
): { readonly delimiter?: CsvDelimiter } {
  const node = findNode(body, 'delimiter');
  if (node && format !== undefined && format !== 'csv') {
    const message = `\`delimiter\` does not apply: these files are ${format}`;
    report(context, 'E1306', node.span, message, ['remove `delimiter`', 'say `format: csv` if they are CSV']);
  }
  const isTabbed = /\.tsv(\.gz)?$/i.test(pattern);
  const delimiter = (node && (textOf(node) as CsvDelimiter)) ?? (isTabbed && format === 'csv' ? '\t' : ',');
  return delimiter === ',' ? {} : { delimiter };
}

export function defineSource(
  context: DefinitionContext,
  document: Document,
  common: ModelCommon,
  events: TrackingPlan | undefined,
): SourceModel {
  const { root, path } = document;
  const source = sourceOf(context, getMapping(getNode(root, 'source')));
  const sql = context.sqlFiles.get(path.replace(/\.yml$/, '.sql'));
  if (sql) {
    context.takenSql.add(sql.path);
    report(
      context,
      'E1304',
      getNode(root, 'source').span,
      `a raw model has a source, and \`${sql.path}\` is a second body`,
      ['move the query to the clean layer'],
    );
  }
  const overlap = findNode(root, 'overlap');
  if (overlap && !findNode(root, 'loaded_at')) {
    report(context, 'E1306', overlap.span, '`overlap` does not apply: without `loaded_at` there is no arrival cursor', [
      'add `loaded_at`',
      'remove `overlap`',
    ]);
  }
  const freshness = findNode(root, 'freshness');
  const limits = freshness && getMapping(freshness);
  if (freshness && source.from === 'table' && !findNode(root, 'loaded_at')) {
    const message = '`freshness` does not apply: without `loaded_at` nothing tells when rows of a table arrived';
    report(context, 'E1306', freshness.span, message, ['add `loaded_at`', 'remove `freshness`']);
  }
  return omitUndefined({
    ...common,
    form: 'source' as const,
    source,
    loadedAt: findText(root, 'loaded_at'),
    overlap: overlap && getScalar(overlap).raw,
    freshness:
      limits &&
      omitUndefined({ warnAfter: findText(limits, 'warn_after'), errorAfter: findText(limits, 'error_after') }),
    events,
  });
}
