/** Versions of a meaning, the newest first. The first one needs no reason. */
export function versionRows({
  version: current,
  changes,
}: {
  readonly version: number;
  readonly changes: Readonly<Record<string, string>>;
}) {
  const numbers = new Set([1, current, ...Object.keys(changes).map(Number)]);
  return [...numbers]
    .sort((a, b) => b - a)
    .map((version) => ({ version, reason: changes[String(version)], current: version === current }));
}
