import type { Manifest, ManifestModel, ManifestSegment, Value } from '../../compiler/index.ts';
import type { ResultColumn } from '../output/format-result.ts';
import type { Asking } from './ask-segments.ts';
import { textColumn } from './print-answer.ts';

/** An event that counted, or a property that was looked at, as it may be shown. */
export interface Evidence {
  readonly path: string;
  readonly what: string;
  readonly at: string | null;
  readonly value: string | null;
  /** The key of the event's row. */
  readonly event: string | null;
}

export const evidenceColumns: readonly ResultColumn[] = ['condition', 'what', 'at', 'value', 'event'].map(textColumn);

/** What the conditions have looked at, those of one condition together, newest first; what tells of people by `***`. */
export async function askEvidence(
  { ask }: Asking,
  manifest: Manifest,
  segment: ManifestSegment,
  entity: string,
  limit: number,
): Promise<readonly Evidence[]> {
  const { rows } = await ask({ ask: 'evidence', segment: segment.name, entity, limit });
  const order = segment.words.en.map(({ path }) => path);
  const found = rows.map(([path, kind, what, at, value, event]): Evidence => {
    const hidden =
      kind === 'event'
        ? hiddenOfEvent(manifest, String(what))
        : { value: isPersonalProperty(manifest, segment, String(what)), event: false };
    const shown = (text: Value | undefined, isHidden: boolean) =>
      text === null || text === undefined ? null : isHidden ? '***' : String(text);
    return {
      path: String(path),
      what: String(what),
      at: shown(at, kind === 'property' && hidden.value),
      value: shown(value, hidden.value),
      event: shown(event, hidden.event),
    };
  });
  return found.sort((a, b) => order.indexOf(a.path) - order.indexOf(b.path));
}

interface Hidden {
  readonly value: boolean;
  readonly event: boolean;
}

function isPersonal(model: ManifestModel | undefined, column: string): boolean {
  return (model?.columns.find(({ name }) => name === column)?.personal?.tags.length ?? 0) > 0;
}

function hiddenOfEvent({ activities, models }: Manifest, name: string): Hidden {
  const activity = activities.find((one) => one.name === name);
  const model = models.find((one) => one.name === activity?.model);
  const words: readonly string[] = activity?.value?.match(/[\p{L}_][\p{L}\p{N}_]*/gu) ?? [];
  return {
    value: words.some((word) => isPersonal(model, word)),
    event: (model?.key ?? []).some((key) => isPersonal(model, key)),
  };
}

/** Does a property tell of people? It may lie behind relations; one that is not found is taken to. */
export function isPersonalProperty(
  { models }: Manifest,
  { attributes }: Pick<ManifestSegment, 'attributes'>,
  name: string,
): boolean {
  const path = name.split('.');
  let model = models.find((one) => one.name === attributes);
  for (const step of path.slice(0, -1)) {
    const to = model?.relations.find((relation) => relation.name === step)?.to;
    model = models.find((one) => one.name === to);
  }
  return model === undefined || isPersonal(model, path.at(-1)!);
}

export function evidenceRows(found: readonly Evidence[]): readonly (readonly Value[])[] {
  return found.map(({ path, what, at, value, event }) => [path, what, at, value, event]);
}

/** Those of one condition as a text: `purchase 2025-05-28T10:00:00Z 20.00 (4); …`. */
export function evidenceText(found: readonly Evidence[], path: string): string | null {
  const own = found.filter((one) => one.path === path);
  if (own.length === 0) return null;
  return own
    .map(({ what, at, value, event }) =>
      [what, at, value, event === null ? null : `(${event})`].filter((one) => one !== null).join(' '),
    )
    .join('; ');
}
