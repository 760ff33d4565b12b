import type { SiteContext } from './site-context.ts';
import type { SiteModelStatus } from './site-types.ts';

type Part = NonNullable<SiteModelStatus['account']>[number];

/** As a run records why rows of an account are the rest. */
const reasons: Readonly<Record<string, string>> = {
  'not wanted': 'account.rest_where',
  waiting: 'account.rest_time',
  'came or went while the source was read': 'account.rest_live',
};

/** Where rows of an account went, in the site's language. */
export function accountWords({ t, again, input }: SiteContext, { part, rule }: Pick<Part, 'part' | 'rule'>): string {
  if (rule === undefined) return t(`account.${part}`);
  if (part !== 'rest') return t(`account.${part}_rule`, { rule: again(rule) });
  const said = rule.split(' or ').map((reason) => (Object.hasOwn(reasons, reason) ? t(reasons[reason]!) : reason));
  return new Intl.ListFormat(input.language, { type: 'disjunction' }).format(said);
}
