import { versionDates } from './build-history.ts';
import type { SiteContext } from './site-context.ts';

/** Versions of a meaning, the newest first, with the date where a build found it. The first one needs no reason. */
export function versionRows(
  site: SiteContext,
  kind: 'metric' | 'segment',
  {
    name,
    version: current,
    changes,
  }: { readonly name: string; readonly version: number; readonly changes: Readonly<Record<string, string>> },
) {
  const { t, format, input } = site;
  const numbers = new Set([1, current, ...Object.keys(changes).map(Number)]);
  const dates = versionDates(input.builds, kind, name);
  return [...numbers]
    .sort((a, b) => b - a)
    .map((version) => {
      const date = dates.get(version);
      return {
        version,
        reason: changes[String(version)],
        current: version === current,
        since: date && t(date.isOldest ? 'version.known_since' : 'version.since', { at: format.instant(date.at) }),
      };
    });
}
