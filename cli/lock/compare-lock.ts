import type { ManifestMetric } from '../../compiler/index.ts';
import { emptyLock, type Lock, type LockEntry } from './lock-file.ts';

/** A definition whose meaning is not the one agreed on, though its version says so. */
export interface SilentChange {
  readonly name: string;
  readonly path: string;
  readonly was: LockEntry;
  readonly is: LockEntry;
  /** `moved`: another meaning under the same version. `reused`: a version that is lower than the one agreed on. */
  readonly how: 'moved' | 'reused';
  /** Metrics that it is computed from and that mean something else than was agreed on: why it moved though nobody touched it. */
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

type Metric = Pick<ManifestMetric, 'name' | 'path' | 'version' | 'fingerprint' | 'computed' | 'inputs'>;

/** Sets the meanings of today against those agreed on. A metric that this version does not compute has no plan, hence no meaning to lock. */
export function compareLock(metrics: readonly Metric[], lock: Lock = emptyLock): LockComparison {
  const silent: SilentChange[] = [];
  const added: string[] = [];
  const raised: string[] = [];
  const next: Record<string, LockEntry> = {};
  const moved = new Set(
    metrics
      .filter((metric) => lock.metrics[metric.name]?.fingerprint !== metric.fingerprint)
      .map((metric) => metric.name),
  );
  for (const { name, path, version, fingerprint, inputs } of metrics.filter((metric) => metric.computed)) {
    const is = { version, fingerprint };
    const was = Object.hasOwn(lock.metrics, name) ? lock.metrics[name] : undefined;
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
  const removed = Object.keys(lock.metrics).filter((name) => !Object.hasOwn(next, name));
  return { silent, added, raised, removed, next: { lock: 1, metrics: next } };
}
