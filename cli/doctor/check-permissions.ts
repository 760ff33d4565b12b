import type { Engine } from '../../runtime/engine/engine.ts';
import { quoteName } from '../../runtime/engine/quote-name.ts';
import { exitCode } from '../exit-code.ts';
import type { Project } from '../project/load-project.ts';
import type { Finding } from './finding.ts';

/** Thrown to leave a transaction without a trace. */
class Undo extends Error {}

interface Need {
  readonly check: string;
  readonly try: readonly string[];
  readonly may: string;
  readonly privilege: string;
  readonly why: string;
}

const schemas: Need = {
  check: 'permissions',
  try: ['create schema etalon_doctor', 'create table etalon_doctor.probe (n bigint)'],
  may: 'may create schemas and tables',
  privilege: 'create',
  why: 'the user of the target must be allowed to create schemas',
};

const temporary: Need = {
  check: 'segments',
  try: ['create temp table etalon_doctor_probe (n bigint)'],
  may: 'may create temporary tables, in which segments are evaluated',
  privilege: 'temporary',
  why: 'segments are evaluated in temporary tables',
};

/** May the role do what runs do? Of temporary tables only where the project has segments. */
export async function checkPermissions(engine: Engine, { manifest }: Project): Promise<readonly Finding[]> {
  const needs = manifest.segments.some(({ computed }) => computed) ? [schemas, temporary] : [schemas];
  const findings: Finding[] = [];
  for (const need of needs) findings.push(await checkNeed(engine, need));
  return findings;
}

async function checkNeed(engine: Engine, need: Need): Promise<Finding> {
  const { check } = need;
  try {
    await engine.transaction(async (session) => {
      for (const statement of need.try) await session.execute(statement);
      throw new Undo();
    });
  } catch (error) {
    if (!(error instanceof Undo)) {
      const found = (error instanceof Error ? error.message : String(error)).split('\n', 1)[0]!;
      const hint = `${need.why}${await grantOf(engine, need)}`;
      return { check, status: 'wrong', found, hint, code: exitCode.unreachable };
    }
  }
  return { check, status: 'good', found: need.may };
}

/** The statement that would mend it, where the target knows roles. */
async function grantOf(engine: Engine, { privilege }: Need): Promise<string> {
  try {
    const { rows } = await engine.execute('select current_database(), current_user');
    const [database, role] = rows[0]!.map(String);
    return `; the owner of the database can run: grant ${privilege} on database ${quoteName(database!)} to ${quoteName(role!)}`;
  } catch {
    return '';
  }
}
