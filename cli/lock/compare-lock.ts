import type { ManifestMetric, ManifestSegment } from '../../compiler/index.ts';
import { emptyLock, type Lock, type LockEntry } from './lock-file.ts';

/** A definition whose meaning is not the one agreed on, though its version says so. */
export interface SilentChange {
  readonly name: string;
  readonly path: string;
  readonly was: LockEntry;
  readonly is: LockEntry;
  /** `moved`: another meaning under the same version. `reused`: a version that is lower than the one agreed on. */
  readonly how: 'moved' | 'reused';
  /** Metrics and segments that it is computed from and that mean something else than was agreed on: why it moved though nobody touched it. */
  readonly because: readonly string[];
}

export interface LockComparison {
  readonly silent: readonly SilentChange[];
  readonly added: readonly string[];
  readonly raised: readonly string[];
  readonly removed: readonly string[];
  /** What the lock is to hold from now on: silent changes keep their old entry until a version is given. */
  readonly next: Lock;
}

type Locked = Pick<ManifestMetric, 'name' | 'path' | 'version' | 'fingerprint' | 'computed' | 'inputs'>;

type Segment = Pick<ManifestSegment, keyof Locked | 'metrics'>;

/** Sets the meanings of today against those agreed on. What this version does not compute has no plan, hence no meaning to lock. */
export function compareLock(
  metrics: readonly Locked[],
  segments: readonly Segment[],
  lock: Lock = emptyLock,
): LockComparison {
  const madeOf = segments.map((one): Locked => ({ ...one, inputs: [...one.inputs, ...one.metrics] }));
  const moved = new Set([...findMoved(metrics, lock.metrics), ...findMoved(madeOf, lock.segments)]);
  const [a, b] = [compare(metrics, lock.metrics, moved), compare(madeOf, lock.segments, moved)];
  return {
    silent: [...a.silent, ...b.silent],
    added: [...a.added, ...b.added],
    raised: [...a.raised, ...b.raised],
    removed: [...a.removed, ...b.removed],
    next: { lock: 1, metrics: a.next, segments: b.next },
  };
}

type Entries = Readonly<Record<string, LockEntry>>;

function findMoved(definitions: readonly Locked[], entries: Entries): string[] {
  return definitions.filter((one) => entries[one.name]?.fingerprint !== one.fingerprint).map((one) => one.name);
}

function compare(
  definitions: readonly Locked[],
  entries: Entries,
  moved: ReadonlySet<string>,
): Omit<LockComparison, 'next'> & { readonly next: Entries } {
  const silent: SilentChange[] = [];
  const added: string[] = [];
  const raised: string[] = [];
  const next: Record<string, LockEntry> = {};
  for (const { name, path, version, fingerprint, inputs } of definitions.filter((one) => one.computed)) {
    const is = { version, fingerprint };
    const was = Object.hasOwn(entries, name) ? entries[name] : undefined;
    const how =
      was &&
      (version < was.version
        ? 'reused'
        : version === was.version && fingerprint !== was.fingerprint
          ? 'moved'
          : undefined);
    if (was && how) silent.push({ name, path, was, is, how, because: inputs.filter((input) => moved.has(input)) });
    else if (!was) added.push(name);
    else if (version > was.version) raised.push(name);
    next[name] = was && how ? was : is;
  }
  const removed = Object.keys(entries).filter((name) => !Object.hasOwn(next, name));
  return { silent, added, raised, removed, next };
}
