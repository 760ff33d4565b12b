import type { Manifest, ManifestModel } from './manifest-types.ts';

/**
 * The column of a source that says when something happened: its `time`, else the one that becomes the `time` of a model that reads it, whatever name it has there. Undefined where there is none.
 *
 * @example
 * sourceTime(manifest, rawEvents) // 'event_time', since clean.events says `time: event_time`
 */
export function sourceTime(manifest: Manifest, source: ManifestModel): string | undefined {
  if (source.time !== undefined) return source.time;
  const isTime = (name: string) =>
    /^(timestamp|date)$/.test(source.columns.find((one) => one.name === name)?.type ?? '');
  for (const model of manifest.models) {
    if (model.time === undefined || model.generated !== undefined || !model.reads.includes(source.name)) continue;
    const time = model.columns.find(({ name }) => name === model.time);
    const from = time?.sources.find((one) => one.model === source.name && one.how !== 'filtered' && isTime(one.column));
    if (from) return from.column;
  }
  return undefined;
}
