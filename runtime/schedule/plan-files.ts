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

/** SHA-256 of a file without a byte. */
const hashOfNothing = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/**
 * Which files are loaded, loaded again, or only remembered. A file is its path and its content; one that was moved is not loaded twice, also where others were moved at the same time and took each
 * other's names, as logs do that are rotated.
 */
export function planFiles(input: FilesToPlan): PlannedFiles {
  const here = new Map(input.observed.map((file) => [file.name, file]));
  if (input.anew !== undefined) {
    return planAnew(
      input,
      input.known.filter((file) => !here.has(file.path)),
    );
  }
  const byPath = new Map(input.known.map((file) => [file.path, file]));
  const isSame = (file: ObservedFile) => byPath.get(file.name)?.sha256 === file.sha256;
  const left = input.known.filter((file) => here.get(file.path)?.sha256 !== file.sha256);
  const movable = groupByContent(left);
  const load: ObservedFile[] = [];
  const remember: { file: ObservedFile; was: string }[] = [];
  for (const file of input.observed) {
    const before = byPath.get(file.name);
    const moved = isSame(file) ? undefined : movable.get(file.sha256)?.shift();
    if (moved !== undefined) {
      remember.push({ file, was: moved.path });
    } else if (!isSame(file)) {
      load.push(file);
    } else if (before!.modified !== file.modified || before!.size !== file.size) {
      remember.push({ file, was: file.name });
    }
  }
  const movedFrom = new Set(remember.map(({ was }) => was));
  const replace = left.map(({ path }) => path).filter((path) => here.has(path) && !movedFrom.has(path));
  // Of an empty file nothing was loaded, so that nothing of it has changed.
  const changed = replace.filter((path) => byPath.get(path)!.sha256 !== hashOfNothing);
  if (changed.length > 0 && input.onChange === 'error') return { blocked: describeChanged(changed) };
  const added = load.filter(({ name }) => !changed.includes(name)).length;
  return { plan: { anew: false, load, replace, remember }, reason: describe(added, changed) };
}

function groupByContent(files: readonly KnownFile[]): ReadonlyMap<string, KnownFile[]> {
  const groups = new Map<string, KnownFile[]>();
  for (const file of files) {
    const group = groups.get(file.sha256);
    if (group === undefined) groups.set(file.sha256, [file]);
    else group.push(file);
  }
  return groups;
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
  const known = new Map(input.known.map((file) => [file.path, file.sha256]));
  const added = input.observed.filter((file) => known.get(file.name) !== file.sha256).map((file) => file.sha256);
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
