import { type Engine, EngineError, type Session } from '../../../runtime/index.ts';

/** An engine that can be told to fail at its n-th statement, counted from when it was told; a commit is one, too. */
export interface FailingEngine {
  readonly engine: Engine;
  /** `after`: the statement is done, and nobody hears of it. Undefined: it does not fail. */
  fail(at: { readonly nth: number; readonly after: boolean } | undefined): void;
  /** Statements since it was told. */
  count(): number;
}

export function createFailingEngine(real: Engine): FailingEngine {
  let seen = 0;
  let at: { readonly nth: number; readonly after: boolean } | undefined;
  const lost = () => new EngineError('unreachable', 'the connection was lost');
  const counted = async <T>(work: () => Promise<T>): Promise<T> => {
    seen += 1;
    const isNow = at?.nth === seen;
    if (isNow && !at!.after) throw lost();
    const result = await work();
    if (isNow) throw lost();
    return result;
  };
  const ofSession = (session: Session): Session => ({
    // What is left over when scratch cannot be dropped harms nobody, and is no failure.
    execute: (statement) =>
      String(statement).startsWith('drop table if exists')
        ? session.execute(statement)
        : counted(() => session.execute(statement)),
  });
  const engine = new Proxy(real, {
    get(target, name) {
      if (name === 'execute') return ofSession(target).execute;
      if (name === 'named') return () => engine;
      if (name === 'transaction')
        // The commit is the statement after the last one of the work.
        return async (work: (session: Session) => Promise<unknown>) => {
          let isDone = false;
          let result: unknown;
          const commit = () =>
            target.transaction(async (session) => {
              result = await work(ofSession(session));
              seen += 1;
              isDone = at?.nth === seen;
              if (isDone && !at!.after) throw lost();
            });
          await commit();
          if (isDone) throw lost();
          return result;
        };
      const value = Reflect.get(target, name) as unknown;
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  return {
    engine,
    fail(next) {
      at = next;
      seen = 0;
    },
    count: () => seen,
  };
}
