import { modelStatus, type SiteContext, sentenceOf } from './site-context.ts';
import { definitionPath } from './site-path.ts';

const states = { ok: 'ok', stale: 'late', failing: 'failing', never: 'unbuilt' } as const;

/** A model that a metric or a segment reads: what state it is in and how far it goes. */
export function sourceRow(site: SiteContext, name: string, prefix: string) {
  const { format } = site;
  const status = modelStatus(site, name);
  const state = states[status?.status ?? 'never'];
  const instant = (iso: string | undefined) => (iso === undefined ? undefined : format.instant(iso));
  return {
    name,
    href: prefix + definitionPath('model', name),
    sentence: sentenceOf(site, site.models.get(name)?.description),
    status: site.t(`model.${status?.status ?? 'never'}`),
    state,
    icon: `icons/${state}`,
    builtAt: instant(status?.builtAt),
    completeThrough: instant(status?.completeThrough),
    rows: status?.rows === undefined ? undefined : format.count(status.rows),
  };
}
