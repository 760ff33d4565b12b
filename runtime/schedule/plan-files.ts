import type { FilePlan } from './run-plan.ts';
import type { KnownFile, ObservedFile } from './target-state.ts';

export interface FilesToPlan {
  readonly observed: readonly ObservedFile[];
  readonly known: readonly KnownFile[];
  readonly onChange: 'error' | 'reload';
  /** Load everything into a new relation, and why. */
  readonly anew?: string;
  /** Rows of files that are gone may be lost. */
  readonly acceptLoss: boolean;
}

export type PlannedFiles =
  | { readonly plan: FilePlan; readonly reason: string }
  /** `gone`: loaded files that are the reason. */
  | { readonly blocked: string; readonly gone?: readonly string[] };

/** Which files are loaded, loaded again, or only remembered. A file is its path and its content; a file that was moved is not loaded twice. */
export function planFiles(input: FilesToPlan): PlannedFiles {
  const here = new Set(input.observed.map((file) => file.name));
  const gone = input.known.filter((file) => !here.has(file.path));
  if (input.anew !== undefined) return planAnew(input, gone);
  const byPath = new Map(input.known.map((file) => [file.path, file]));
  const movable = new Map(gone.map((file) => [file.sha256, file]));
  const load: ObservedFile[] = [];
  const replace: string[] = [];
  const remember: { file: ObservedFile; was: string }[] = [];
  for (const file of input.observed) {
    const before = byPath.get(file.name);
    const moved = before === undefined ? movable.get(file.sha256) : undefined;
    if (moved !== undefined) {
      movable.delete(file.sha256);
      remember.push({ file, was: moved.path });
    } else if (before === undefined) {
      load.push(file);
    } else if (before.sha256 !== file.sha256) {
      load.push(file);
      replace.push(file.name);
    } else if (before.modified !== file.modified || before.size !== file.size) {
      remember.push({ file, was: file.name });
    }
  }
  if (replace.length > 0 && input.onChange === 'error') return { blocked: describeChanged(replace) };
  return { plan: { anew: false, load, replace, remember }, reason: describe(load.length - replace.length, replace) };
}

function planAnew(input: FilesToPlan, absent: readonly KnownFile[]): PlannedFiles {
  const gone = leaveOutMoved(input, absent).map((file) => file.path);
  if (gone.length > 0 && !input.acceptLoss) {
    const one = gone.length === 1;
    return {
      blocked: `${input.anew}, so its files are loaded again, and ${list(gone)} ${one ? 'is' : 'are'} gone: put ${one ? 'it' : 'them'} back, or let the rows go with --accept-loss`,
      gone,
    };
  }
  return { plan: { anew: true, load: input.observed, replace: [], remember: [] }, reason: input.anew! };
}

/** A file that has another name now has lost nothing. */
function leaveOutMoved(input: FilesToPlan, absent: readonly KnownFile[]): readonly KnownFile[] {
  const known = new Set(input.known.map((file) => file.path));
  const added = input.observed.filter((file) => !known.has(file.name)).map((file) => file.sha256);
  return absent.filter((file) => {
    const at = added.indexOf(file.sha256);
    if (at >= 0) added.splice(at, 1);
    return at < 0;
  });
}

function describe(added: number, changed: readonly string[]): string {
  const parts: string[] = [];
  if (added > 0) parts.push(added === 1 ? '1 new file' : `${added} new files`);
  if (changed.length > 0) parts.push(`${changed.length} changed, loaded again`);
  return parts.length > 0 ? parts.join(', ') : 'no new file';
}

function describeChanged(changed: readonly string[]): string {
  return `${list(changed)} changed after ${changed.length === 1 ? 'it was' : 'they were'} loaded: a file is loaded once; give new rows a new file, or say \`on_change: reload\``;
}

function list(names: readonly string[]): string {
  const shown = names.slice(0, 3).map((name) => `\`${name}\``);
  return names.length > 3 ? `${shown.join(', ')} and ${names.length - 3} more` : shown.join(', ');
}
