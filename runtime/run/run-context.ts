import {
  type Manifest,
  type ManifestModel,
  type NameResolver,
  type QualifiedName,
  renderSql,
  shapesOf,
} from '../../compiler/index.ts';
import type { Engine, Session } from '../engine/engine.ts';
import { type HeldClaim, holdClaim } from '../state/claim.ts';
import { FencedOff } from '../state/fenced-off.ts';
import type { RunHandle } from '../state/record.ts';
import type { AccountPart } from '../state/record-account.ts';
import type { CursorRecord, LoadedFileRecord, VersionRecord } from '../state/records.ts';
import { type HashKey, withPads } from './hash-key.ts';
import type { Mutex } from './mutex.ts';
import type { Effects } from './run-types.ts';
import { inTables, publishedName } from './target-names.ts';

/** What every step of a run needs. Only `published` moves, as versions are published. */
export interface RunContext {
  readonly manifest: Manifest;
  readonly models: ReadonlyMap<string, ManifestModel>;
  readonly engine: Engine;
  readonly effects: Effects;
  readonly target: string;
  readonly run: RunHandle;
  readonly claim: HeldClaim;
  /** The models that the run has claimed for writing. */
  readonly claimed: ReadonlySet<string>;
  /** The model whose step this is; absent: what concerns the run as a whole. */
  readonly step?: string;
  /** The one clock of the run. */
  readonly startedAt: string;
  readonly published: Map<string, VersionRecord>;
  /** What was published when the run began. */
  readonly before: ReadonlyMap<string, VersionRecord>;
  readonly files: readonly LoadedFileRecord[];
  /** Where the rows of a model went, by its account: as last taken in this run. */
  readonly accounts: Map<string, readonly AccountPart[]>;
  /** By source table: how far it has been read. */
  readonly cursors: ReadonlyMap<string, CursorRecord>;
  /** Rows and columns that a source has no longer may go. */
  readonly acceptLoss: boolean;
  /** Publishes and marks are written one at a time: on DuckDB two writers of one row conflict, on PostgreSQL they would wait anyway. */
  readonly writes: Mutex;
  /** Settles when a cancellation under way has reached the database: what is written after it is not meant by it. */
  readonly cancelled: () => Promise<void>;
  /** Of models with `hash:` columns. */
  readonly hashKey?: HashKey;
}

/** By what names become relations of a target, and canonical SQL its own. */
export interface Naming extends Pick<RunContext, 'manifest' | 'models' | 'engine' | 'target' | 'startedAt'> {
  readonly published: ReadonlyMap<string, VersionRecord>;
}

/** The run was told to stop. */
export class InterruptedError extends Error {
  constructor() {
    super('the run was interrupted');
    this.name = 'InterruptedError';
  }
}

/** A model cannot be built as things are; the message is for its author. */
export class StepError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'StepError';
  }
}

/** The same for the step of one model, whose sessions say so to whoever looks at the server. */
export function forStep(context: RunContext, model: string): RunContext {
  return { ...context, step: model, engine: context.engine.named(`${context.run.id}/${model}`) };
}

/** A write of the run: fenced by its claim on the model, in one transaction. `work` may be run again, so it is idempotent. */
export function writeState<T>(context: RunContext, work: (session: Session) => Promise<T>): Promise<T> {
  const { claim, step } = context;
  const model = step !== undefined && context.claimed.has(step) ? step : undefined;
  return context.writes.run(() =>
    context.engine.transaction(async (session) => {
      if (!(await holdClaim(session, claim, model))) throw new FencedOff();
      return work(session);
    }),
  );
}

/** Statements of a step, of a transaction where one is given: none is begun once the run is told to stop. What computes rows is executed here, so that this is where the key of `hash:` comes in. */
export function stepSession(context: RunContext, own: Session = context.engine): Session {
  const session = withPads(own, context.hashKey);
  return {
    execute(statement) {
      if (context.effects.signal?.aborted) throw new InterruptedError();
      return session.execute(statement);
    },
  };
}

/** What a statement reads for a model: its current version, so that a run reads what it records; raw tables by their published view, which shows the declared columns. */
export function relationOf(context: Naming, model: string): QualifiedName {
  const version = context.published.get(model);
  if (version === undefined) throw new StepError(`\`${model}\` is read and was never built: select it too`);
  const source = context.models.get(model)?.form === 'source';
  return source ? publishedName(context.manifest, context.target, model) : inTables(version.relation);
}

/** As `relationOf`, but for the models in `staged`, whose new version is not published yet. */
export function resolver(context: Naming, staged: Readonly<Record<string, QualifiedName>> = {}): NameResolver {
  return (model) => staged[model] ?? relationOf(context, model);
}

export function render(context: Naming, canonicalSql: string, names: NameResolver, completeThrough?: string): string {
  return renderSql(canonicalSql, context.engine.capabilities.dialect, names, {
    runAt: context.startedAt,
    ...(completeThrough === undefined ? {} : { completeThrough }),
    shapeOf: shapesOf(context.manifest),
  });
}
