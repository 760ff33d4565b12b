import { labelOf, type SiteContext, sentenceOf } from './site-context.ts';
import { nodePath } from './site-path.ts';
import type { SiteFile } from './site-types.ts';

const sentenceLength = 110;

/**
 * The documents of the search as a classic script, since `fetch` does not work on `file://`. A document is
 * `[path, name, label, kind, sentence, columns]`.
 */
export function searchFiles(site: SiteContext): readonly SiteFile[] {
  const { metrics, models } = site.input.manifest;
  const documents = [
    ...metrics.map((metric) => [
      nodePath({ kind: 'metric', name: metric.name }),
      metric.name,
      labelOf(metric),
      site.t('layer.metric'),
      clip(sentenceOf(site, metric.description)),
      '',
    ]),
    ...models.map((model) => [
      nodePath({ kind: 'model', name: model.name }),
      model.name,
      model.title ?? model.name,
      site.t(`layer.${model.layer}`),
      clip(sentenceOf(site, model.description)),
      model.columns.map((column) => column.name).join(' '),
    ]),
  ];
  return [{ path: 'assets/search-data.js', content: `window.etalonSearch=${toScript(documents)};\n` }];
}

function clip(sentence: string | undefined): string {
  if (sentence === undefined) return '';
  return sentence.length <= sentenceLength ? sentence : `${sentence.slice(0, sentenceLength - 1).trimEnd()}…`;
}

/** JSON that is a safe script wherever it lands: no `<`, no line separators of Unicode. */
function toScript(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
