/**
 * The candidate nearest to `name` (optimal string alignment distance: a swap of neighbours is one step), or undefined when none is near enough to be a slip of the
 * pen: at most a third of the longer name's letters, and never more than three.
 *
 * @example
 * findNearestName('descripton', ['description', 'owner']) // 'description'
 */
export function findNearestName(name: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const limit = Math.min(3, Math.floor(Math.max(name.length, candidate.length) / 3));
    if (Math.abs(name.length - candidate.length) > limit) continue;
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance <= limit && distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** "did you mean `x`?" where a near name exists, else what is available (at most `most` names). */
export function suggestNames(name: string, candidates: Iterable<string>, most = 12): string[] {
  const all = [...candidates];
  const near = findNearestName(name, all);
  if (near !== undefined) return [`did you mean \`${near}\`?`];
  if (all.length === 0) return [];
  const shown = all.slice(0, most).map((n) => `\`${n}\``);
  return [`available: ${shown.join(', ')}${all.length > most ? ` and ${all.length - most} more` : ''}`];
}

function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, beforeLast[j - 2]! + 1);
      row.push(cost);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length]!;
}
