import type { Grain, QueryRequest } from '../../compiler/index.ts';
import { CommandFailure } from '../command-failure.ts';
import type { Flags } from '../context.ts';
import { exitCode } from '../exit-code.ts';
import type { Project } from '../project/load-project.ts';
import { requireInstant } from '../project/read-as-of.ts';

/** A question as it was asked; without `asOf` it is as of the watermark. */
export type Asked = Omit<QueryRequest, 'asOf'> & { readonly asOf?: string };

export function readRequest(project: Pick<Project, 'manifest'>, metrics: readonly string[], flags: Flags): Asked {
  const text = (name: string) => flags[name] as string | undefined;
  const where = flags.where as readonly string[] | undefined;
  const grain = text('grain') as Grain | undefined;
  const asOf = text('asOf');
  return {
    metrics,
    by: splitList(flags.by as readonly string[] | undefined),
    order: splitList(text('order') === undefined ? undefined : [text('order')!]),
    ...(grain ? { grain } : {}),
    ...(where ? { where: where.length === 1 ? where[0]! : where.map((part) => `(${part})`).join(' and ') } : {}),
    ...(text('from') ? { from: text('from')! } : {}),
    ...(text('to') ? { to: text('to')! } : {}),
    ...(flags.limit === undefined ? {} : { limit: flags.limit as number }),
    ...(text('compare') ? { compare: text('compare')! } : {}),
    ...(asOf ? { asOf: requireInstant(project, asOf) } : {}),
  };
}

function splitList(texts: readonly string[] | undefined): string[] {
  const parts = (texts ?? []).flatMap((text) => text.split(','));
  return parts.map((part) => part.trim()).filter((part) => part !== '');
}

/** `cohort=2025-01,k=2` → names and values; a comma inside a value needs a `--cell` of its own for what follows. */
export function readCell(texts: readonly string[]): Record<string, string> {
  const cell: Record<string, string> = {};
  for (const part of texts.flatMap((text) => text.split(/,(?=\s*[a-z_][\w.]*\s*=)/))) {
    const match = /^\s*([a-z_][\w.]*)\s*=\s*(.*?)\s*$/.exec(part);
    if (!match) {
      throw new CommandFailure(exitCode.usage, `\`--cell ${part}\`: not a name and a value`, [
        'for example `--cell cohort=2025-01,k=2` or `--cell month=2025-03,country=DE`',
      ]);
    }
    cell[match[1]!] = match[2]!.replace(/^'(.*)'$/, '$1');
  }
  return cell;
}
