import { statfsSync } from 'node:fs';
import type { Engine } from '../../runtime/engine/engine.ts';
import { CommandFailure } from '../command-failure.ts';
import type { Command, Context, Flags } from '../context.ts';
import { checkPermissions } from '../doctor/check-permissions.ts';
import type { Finding } from '../doctor/finding.ts';
import { exitCode } from '../exit-code.ts';
import { formatJson } from '../output/format-json.ts';
import { countBySeverity } from '../output/print-diagnostics.ts';
import { type CompiledFolder, compileFolder, type Project, requireManifest } from '../project/load-project.ts';
import { getTarget, openTarget } from '../project/open-target.ts';
import { readHashKey } from '../run/read-hash-key.ts';

export const doctor: Command = async (context, _words, flags) => {
  const findings: Finding[] = [checkNode(), ...(await checkPackages())];
  const compiled = await tryCompile(context, flags);
  if ('check' in compiled) findings.push(compiled);
  else {
    findings.push(checkDefinitions(compiled), checkDisk(compiled.folder));
    if (compiled.manifest) {
      const project = requireManifest(compiled);
      findings.push(...(await checkHashKey(context, project)), ...(await checkTarget(context, project, flags)));
    }
  }
  print(context, flags, findings);
  const wrong = findings.filter((finding) => finding.status === 'wrong');
  return wrong.length > 0 ? (wrong.at(-1)!.code ?? exitCode.usage) : exitCode.done;
};

function checkNode(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const good = major > 20 || (major === 20 && minor >= 19);
  const found = `${process.version} on ${process.platform} ${process.arch}`;
  return good
    ? { check: 'Node', status: 'good', found }
    : { check: 'Node', status: 'wrong', found, hint: 'Node 20.19 or newer is wanted' };
}

/** The engine's library is native: a copied node_modules folder may hold that of another machine. */
async function checkPackages(): Promise<Finding[]> {
  const packages = [
    ['DuckDB', async () => (await import('../../runtime/engine/duckdb/open-duckdb.ts')).openDuckdb],
    ['PostgreSQL client', async () => (await import('../../runtime/engine/postgres/open-postgres.ts')).openPostgres],
    ['SQL grammar', async () => (await import('../../compiler/index.ts')).compileProject],
  ] as const;
  return Promise.all(
    packages.map(async ([check, load]): Promise<Finding> => {
      try {
        await load();
        return { check, status: 'good', found: 'loads' };
      } catch (error) {
        return { check, status: 'wrong', found: oneLine(error), hint: 'install the packages on this machine: npm ci' };
      }
    }),
  );
}

async function tryCompile(context: Context, flags: Flags): Promise<CompiledFolder | Finding> {
  try {
    return await compileFolder(context, flags);
  } catch (error) {
    if (!(error instanceof CommandFailure)) throw error;
    return {
      check: 'project',
      status: 'wrong',
      found: error.message,
      ...(error.hints[0] ? { hint: error.hints[0] } : {}),
    };
  }
}

function checkDefinitions({ diagnostics, manifest }: CompiledFolder): Finding {
  const { errors, warnings } = countBySeverity(diagnostics);
  if (errors > 0) {
    const hint = 'see them: etalon compile';
    return { check: 'project', status: 'wrong', found: `${errors} errors`, hint, code: exitCode.failed };
  }
  const found = `${manifest?.project.name} compiles${warnings > 0 ? `, ${warnings} warnings` : ''}`;
  return { check: 'project', status: warnings > 0 ? 'warning' : 'good', found };
}

function checkDisk(folder: string): Finding {
  const { bavail, bsize } = statfsSync(folder);
  const gibibytes = (bavail * bsize) / 2 ** 30;
  const found = `${gibibytes.toFixed(1)} GiB free`;
  if (gibibytes >= 1) return { check: 'disk', status: 'good', found };
  return {
    check: 'disk',
    status: 'warning',
    found,
    hint: 'a build keeps the old version of a table beside the new one',
  };
}

/** Nothing to say of a project without `hash:` columns. */
async function checkHashKey(context: Context, project: Project): Promise<Finding[]> {
  const check = 'hash key';
  try {
    const key = await readHashKey(context, project, {});
    return key ? [{ check, status: 'good', found: `in ${project.manifest.project.hashKeyEnv}` }] : [];
  } catch (error) {
    if (!(error instanceof CommandFailure)) throw error;
    return [{ check, status: 'wrong', found: error.message, ...(error.hints[0] ? { hint: error.hints[0] } : {}) }];
  }
}

async function checkTarget(context: Context, project: Project, flags: Flags): Promise<Finding[]> {
  const check = 'target';
  let engine: Engine;
  try {
    engine = await openTarget(context, project, flags);
  } catch (error) {
    const code = error instanceof CommandFailure ? error.exitCode : exitCode.unreachable;
    const hint = error instanceof CommandFailure ? error.hints[0] : undefined;
    return [{ check, status: 'wrong', found: oneLine(error), code, ...(hint ? { hint } : {}) }];
  }
  try {
    const name = getTarget(project, flags).name;
    const reached: Finding = { check, status: 'good', found: `${name}: ${engine.label}` };
    return [reached, ...(await checkPermissions(engine, project)), await checkZones(engine, project)];
  } finally {
    await engine.close();
  }
}

/** Noon UTC in a summer and in a winter, by the engine's zone database and by ours. */
async function checkZones(engine: Engine, project: Project): Promise<Finding> {
  const check = 'time zones';
  const { timezone } = project.manifest.project.calendar;
  const instants = ['2025-01-15T12:00:00Z', '2025-07-15T12:00:00Z'];
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone: timezone,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  try {
    for (const instant of instants) {
      const sql = `select cast((timestamptz '${instant}' at time zone '${timezone.replaceAll("'", "''")}')::time as varchar)`;
      const theirs = String((await engine.execute(sql)).rows[0]?.[0]).slice(0, 5);
      const ours = format.format(new Date(instant));
      if (theirs === ours) continue;
      const found = `${instant} in ${timezone} is ${theirs} in the target and ${ours} in Node`;
      return { check, status: 'wrong', found, hint: 'one of the two has an old zone database: update it' };
    }
    return { check, status: 'good', found: `${timezone} is the same in the target and in Node` };
  } catch (error) {
    return { check, status: 'wrong', found: oneLine(error), hint: 'the target must know IANA time zones' };
  }
}

function oneLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n', 1)[0]!;
}

function print({ output }: Context, flags: Flags, findings: readonly Finding[]): void {
  if (flags.json) {
    const shown = findings.map(({ check, status, found, hint }) => ({
      check,
      status,
      found: output.redact(found),
      ...(hint ? { hint } : {}),
    }));
    output.out(formatJson({ ok: findings.every((finding) => finding.status !== 'wrong'), findings: shown }));
    return;
  }
  const { green, yellow, red, dim } = output.outColours;
  const paint = { good: green, warning: yellow, wrong: red };
  const width = Math.max(...findings.map(({ check }) => check.length));
  for (const { check, status, found, hint } of findings) {
    output.out(`${paint[status](status.padEnd(7))}  ${check.padEnd(width)}  ${found}\n`);
    if (hint) output.out(`${' '.repeat(width + 11)}${dim(hint)}\n`);
  }
}
