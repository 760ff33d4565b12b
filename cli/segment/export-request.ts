import { randomBytes } from 'node:crypto';
import { hostname, userInfo } from 'node:os';
import { extname } from 'node:path';
import type { Webhook } from '../../runtime/export/deliver.ts';
import { CommandFailure } from '../command-failure.ts';
import type { Context, Flags } from '../context.ts';
import { exitCode } from '../exit-code.ts';

/** Who exports: as the environment says (a CI job, say), else the account of this machine. */
export function whoExports({ env }: Pick<Context, 'env'>): string {
  return `${env.ETALON_USER || userInfo().username}@${hostname()}`;
}

/** In what role: as the flag says, else the environment. An export without one does not take place. */
export function requireRole({ env }: Pick<Context, 'env'>, flags: Flags): string {
  const role = (flags.role as string | undefined) ?? env.ETALON_ROLE ?? '';
  if (/^[\w.-]{1,64}$/.test(role)) return role;
  throw new CommandFailure(
    exitCode.usage,
    role === '' ? 'an export says in which role it is made' : 'a role is a word of letters, digits, `_`, `.` and `-`',
    ['say it: --role crm', 'or set it once: export ETALON_ROLE=crm'],
  );
}

/** What the rows are wanted for, in words, on one line. */
export function requirePurpose(flags: Flags): string {
  const purpose = ((flags.purpose as string | undefined) ?? '').replace(/[\s\p{Cc}]+/gu, ' ').trim();
  if (purpose.length >= 5) return purpose.slice(0, 500);
  const found =
    purpose === ''
      ? 'an export says what its rows are wanted for'
      : `\`--purpose ${purpose}\` tells nobody what the rows are wanted for: five characters at least`;
  throw new CommandFailure(exitCode.usage, found, [
    'it stands in the ledger: --purpose "Summer catalogue, first mailing"',
  ]);
}

export type Destination =
  | { readonly kind: 'file'; readonly path: string; readonly format: 'csv' | 'parquet' }
  | { readonly kind: 'webhook'; readonly variable: string; readonly webhook: Webhook; readonly batch: number };

/** One of a file and a webhook. */
export function readDestination(context: Context, flags: Flags): Destination {
  const path = flags.to as string | undefined;
  if ((path === undefined) === (flags.toWebhook === undefined))
    throw new CommandFailure(exitCode.usage, 'an export goes to a file or to a webhook', [
      'a file: --to vip.csv (or vip.parquet)',
      'a webhook whose address is in an environment variable: --to-webhook CRM_WEBHOOK --secret-env CRM_SECRET',
    ]);
  if (path === undefined)
    return { kind: 'webhook', ...readWebhook(context, flags), batch: (flags.batch as number | undefined) ?? 500 };
  const format = extname(path).slice(1);
  if (format === 'csv' || format === 'parquet') return { kind: 'file', path, format };
  throw new CommandFailure(exitCode.usage, `\`--to ${path}\`: the name's ending says how it is written`, [
    '`.csv` or `.parquet`',
  ]);
}

/** Secrets whose shortness gives them away are none. */
const shortestSecret = 16;

/** The address and the secret that the environment holds; both are hidden wherever they would be printed. */
export function readWebhook(
  { env, output }: Context,
  flags: Flags,
): { readonly variable: string; readonly webhook: Webhook } {
  const variable = flags.toWebhook as string | undefined;
  if (variable === undefined || flags.secretEnv === undefined)
    throw new CommandFailure(
      exitCode.usage,
      variable === undefined ? 'where does the delivery go?' : 'a delivery is signed, and nothing says by what',
      ['--to-webhook CRM_WEBHOOK --secret-env CRM_SECRET: the names of two environment variables'],
    );
  const url = readVariable(env, variable, 'https://crm.example.com/segments');
  const secret = readVariable(env, flags.secretEnv as string, '$(openssl rand -hex 32)');
  for (const one of [url, secret]) output.hide(one);
  if (secret.length < shortestSecret)
    throw new CommandFailure(
      exitCode.usage,
      `the secret in ${flags.secretEnv as string} is shorter than ${shortestSecret} characters`,
      ['a new one: openssl rand -hex 32'],
    );
  if (!isSafe(url))
    throw new CommandFailure(exitCode.usage, `${variable} does not hold an address that rows may be sent to`, [
      'https://…, or http:// on this very machine',
    ]);
  return { variable, webhook: { url, secret } };
}

function readVariable(env: Context['env'], name: string, example: string): string {
  const value = /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? env[name] : undefined;
  if (value) return value;
  // What was typed there may be the address or the secret itself.
  const told = /^[A-Z_][A-Z0-9_]{0,63}$/.test(name)
    ? `the environment variable ${name} is not set`
    : 'the name of an environment variable is wanted';
  throw new CommandFailure(exitCode.usage, told, [`for example: export CRM_WEBHOOK=${example}`]);
}

function isSafe(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname: host } = new URL(url);
  return protocol === 'https:' || (protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(host));
}

/** Sorts by time, and no two are alike. */
export function exportId(clock: string): string {
  return `${clock.replaceAll(/[-:]|\.\d+|Z$/g, '')}-${randomBytes(4).toString('hex')}`;
}
