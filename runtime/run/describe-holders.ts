import { EngineError } from '../engine/engine.ts';
import type { Holder } from '../state/claim.ts';
import type { Others } from './take-claim.ts';

const shown = 3;

/** `run 2025… (etalon build, pid 12 on host since …)`. */
export function describeRun({ run, command, pid, host, since }: Holder): string {
  return `run \`${run}\` (\`etalon ${command}\`, pid ${pid} on ${host} since ${since})`;
}

/** Who holds what, in a line. */
export function describeHolders({ holders, claims }: Others): string {
  return holders
    .map((holder) => {
      const own = claims.filter(({ run }) => run === holder.run);
      const names = [...new Set(own.map(({ model }) => model))];
      const whole = own.some(({ mode }) => mode === 'all') || names.length === 0;
      return `${describeRun(holder)} holds ${whole ? 'the whole target' : listNames(names)}`;
    })
    .join('; ');
}

function listNames(names: readonly string[]): string {
  const some = names.slice(0, shown).map((name) => `\`${name}\``);
  const more = names.length - some.length;
  return more > 0 ? `${some.join(', ')} and ${more} more` : some.join(', ');
}

export function busyError(others: Others, waited = ''): EngineError {
  return new EngineError('busy', `${waited}${describeHolders(others)}`, {
    hint: 'run again when it has ended, or with `--if-busy wait` or `--if-busy skip`',
  });
}
