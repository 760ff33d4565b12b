import { CommandFailure } from '../command-failure.ts';
import type { Flags } from '../context.ts';
import { exitCode } from '../exit-code.ts';

export interface AskedPatience {
  readonly ifBusy: 'wait' | 'skip' | 'fail';
  readonly waitSeconds: number;
}

/** What only looks waits so long for a run to let go of its file: long enough for the end of one, short enough for whoever sits there. */
const readerSeconds = 10;

/** What to do while others hold what is needed: by `--if-busy` and `--wait-timeout`, where the command has them. */
export function readPatience(flags: Flags, readOnly: boolean): AskedPatience {
  if (flags.ifBusy === undefined) {
    return readOnly ? { ifBusy: 'wait', waitSeconds: readerSeconds } : { ifBusy: 'fail', waitSeconds: 0 };
  }
  const ifBusy = flags.ifBusy as AskedPatience['ifBusy'];
  return { ifBusy, waitSeconds: ifBusy === 'wait' ? parseDuration('--wait-timeout', String(flags.waitTimeout)) : 0 };
}

const units: Readonly<Record<string, number>> = { s: 1, second: 1, m: 60, min: 60, minute: 60, h: 3600, hour: 3600 };

/** `30 minutes`, `90s`, `2 h` → seconds. */
export function parseDuration(flag: string, text: string): number {
  const found = /^(\d{1,9}) ?([a-z]+)$/.exec(text.trim());
  const unit = units[found?.[2] ?? ''] ?? units[found?.[2]?.replace(/s$/, '') ?? ''];
  if (found && unit !== undefined) return Number(found[1]) * unit;
  throw new CommandFailure(exitCode.usage, `\`${flag} ${text}\`: not a length of time`, [
    'for example `30 minutes`, `90s` or `2h`',
  ]);
}
