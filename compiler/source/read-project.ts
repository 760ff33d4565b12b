import { isUtf8 } from 'node:buffer';
import type { Dirent } from 'node:fs';
import { closeSync, openSync, readdirSync, readSync, realpathSync, statSync } from 'node:fs';
import { extname, join, sep } from 'node:path';
import type { Code } from '../diagnostic/codes.ts';
import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import { diagnostic } from '../diagnostic/diagnostic.ts';
import { suggestNames } from '../diagnostic/nearest-name.ts';
import { fileSpan } from './line-index.ts';
import { definitionEndings, projectFile, projectFolders } from './project-layout.ts';
import type { SourceFile } from './source-file.ts';

const megabyte = 1024 * 1024;

export interface ProjectFiles {
  /** Sorted by path, compared by UTF-16 units, so that every machine gets one order. */
  readonly files: readonly SourceFile[];
  readonly diagnostics: readonly Diagnostic[];
}

interface Reading {
  readonly root: string;
  readonly files: Map<string, SourceFile>;
  readonly diagnostics: Diagnostic[];
  /** Real paths of the folders above the one being read: a link back to one of them would not end. */
  readonly above: Set<string>;
  /** Files are read into it, one after another. */
  readonly room: Buffer;
}

/** Reads the files of a project that hold definitions. Nothing else of it is opened, and nothing outside it. */
export function readProject(folder: string): ProjectFiles {
  const root = findRealPath(folder);
  const span = fileSpan(projectFile);
  if (root === undefined)
    return { files: [], diagnostics: [diagnostic('E1001', 'the project folder is not there', { span })] };
  const reading: Reading = {
    root,
    files: new Map(),
    diagnostics: [],
    above: new Set(),
    room: Buffer.allocUnsafe(megabyte + 1),
  };
  readProjectFile(reading);
  for (const { folder: path, endings } of projectFolders) readFolder(reading, path, endings);
  reportStrays(reading);
  const files = [...reading.files.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
  return { files, diagnostics: reading.diagnostics };
}

function report(reading: Reading, code: Code, path: string, message: string, hints: readonly string[] = []): void {
  reading.diagnostics.push(diagnostic(code, message, { span: fileSpan(path), hints }));
}

function readProjectFile(reading: Reading): void {
  const names = new Set(listFolder(reading.root).map((entry) => entry.name));
  if (names.has(projectFile)) {
    readFile(reading, projectFile, projectFile, true);
    return;
  }
  const slip = ['project.yaml', 'Project.yml', 'project.YML', 'etalon.yml', 'dbt_project.yml'].find((name) =>
    names.has(name),
  );
  const hints = slip
    ? [`rename \`${slip}\` to \`${projectFile}\``]
    : ['`etalon init` makes a project', '`--project FOLDER` names its folder'];
  report(reading, 'E1001', projectFile, `no \`${projectFile}\` in this folder`, hints);
}

function readFolder(reading: Reading, path: string, endings: readonly string[]): void {
  const real = findRealPath(join(reading.root, path));
  if (real === undefined) return;
  if (!isInside(reading.root, real)) {
    refuseOutside(reading, path);
    return;
  }
  if (reading.above.has(real)) {
    report(reading, 'E1003', path.normalize('NFC'), `\`${path}\` is a link to a folder that holds it`, [
      'remove the link',
    ]);
    return;
  }
  reading.above.add(real);
  for (const entry of listFolder(real)) {
    if (entry.name.startsWith('.')) continue;
    const child = `${path}/${entry.name}`;
    if (isFolder(reading, child, entry)) readFolder(reading, child, endings);
    else if (endings.includes(extname(entry.name))) readFile(reading, child, child.normalize('NFC'), !entry.isFile());
    else reportSlip(reading, child, entry.name, endings);
  }
  reading.above.delete(real);
}

function reportSlip(reading: Reading, path: string, name: string, endings: readonly string[]): void {
  const ending = extname(name);
  if (!definitionEndings.includes(ending.toLowerCase())) return;
  const right = ending.toLowerCase() === '.yaml' ? '.yml' : ending.toLowerCase();
  const stem = name.slice(0, -ending.length);
  const readable = endings.map((e) => `\`${e}\``).join(' and ');
  const hint = endings.includes(right) ? `rename it to \`${stem}${right}\`` : `files read here end with ${readable}`;
  report(reading, 'E1004', path.normalize('NFC'), `\`${ending}\` files are not read in this folder`, [hint]);
}

/** Definitions beside the folders that are read, such as `models/orders.yml` or `models/staging/orders.sql`. */
function reportStrays(reading: Reading): void {
  const known = projectFolders
    .filter(({ folder }) => folder.startsWith('models/'))
    .map(({ folder }) => folder.slice('models/'.length));
  for (const entry of listFolder(join(reading.root, 'models'))) {
    if (entry.name.startsWith('.') || known.includes(entry.name)) continue;
    const path = `models/${entry.name}`;
    if (isFolder(reading, path, entry)) {
      report(reading, 'E1004', path, `folder \`${path}\` is not a layer`, suggestNames(entry.name, known));
    } else if (definitionEndings.includes(extname(entry.name).toLowerCase())) {
      report(reading, 'E1004', path, `\`${path}\` stands in no layer`, [
        'move it to `models/raw`, `models/clean` or `models/marts`',
      ]);
    }
  }
}

/** `mayLead`: it may be a link, so that where it leads is to be looked at. A plain file is where its folder is: asking for 10,000 of them again costs 0.2 s. */
function readFile(reading: Reading, path: string, name: string, mayLead: boolean): void {
  const absolute = join(reading.root, path);
  try {
    if (mayLead && !isInside(reading.root, realpathSync(absolute))) {
      refuseOutside(reading, name);
      return;
    }
    const bytes = readBytes(absolute, reading.room);
    if (bytes.length > megabyte) {
      report(reading, 'E1005', name, 'the file is larger than 1 MiB', ['split it']);
      return;
    }
    if (!isUtf8(bytes)) {
      report(reading, 'E1002', name, 'the file is not UTF-8 text', ['save it as UTF-8']);
      return;
    }
    const twin = reading.files.has(name);
    if (twin) {
      report(reading, 'E1302', name, `two files have the path \`${name}\` when accents are written alike`, [
        'rename one of them',
      ]);
      return;
    }
    const text = bytes.toString('utf8');
    reading.files.set(name, {
      kind: 'source-file',
      path: name,
      text: text.charCodeAt(0) === 0xfeff ? text.slice(1) : text,
    });
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? 'unknown';
    report(reading, 'E1002', name, `the file cannot be read (${reason})`, [unreadable[reason] ?? 'look at the disk']);
  }
}

const unreadable: Readonly<Record<string, string>> = {
  ENOENT: 'it is a link that leads nowhere: mend or remove it',
  ELOOP: 'it is a link that leads back to itself: mend or remove it',
  EACCES: 'give this user the right to read it',
  EPERM: 'give this user the right to read it',
  EISDIR: 'it is a link to a folder: mend or remove it',
  EMFILE: 'too many files are open: close other programs, or raise the limit (`ulimit -n`)',
};

/** The bytes of a file, or as many as show that it is too large. They stand in `room`, until the next call. */
function readBytes(path: string, room: Buffer): Buffer {
  const file = openSync(path, 'r');
  try {
    let filled = 0;
    while (filled < room.length) {
      const read = readSync(file, room, filled, room.length - filled, null);
      if (read === 0) break;
      filled += read;
    }
    return room.subarray(0, filled);
  } finally {
    closeSync(file);
  }
}

function refuseOutside(reading: Reading, path: string): void {
  report(reading, 'E1003', path.normalize('NFC'), `\`${path}\` is a link that leaves the project`, [
    'keep definitions inside the project folder',
  ]);
}

function isFolder(reading: Reading, path: string, entry: Dirent): boolean {
  if (!entry.isSymbolicLink()) return entry.isDirectory();
  const real = findRealPath(join(reading.root, path));
  return real !== undefined && statSync(real).isDirectory();
}

function isInside(root: string, real: string): boolean {
  return real === root || real.startsWith(root.endsWith(sep) ? root : root + sep);
}

function listFolder(path: string): Dirent[] {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch {
    return [];
  }
}

function findRealPath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}
