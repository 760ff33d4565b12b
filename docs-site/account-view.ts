import type { ManifestModel } from '../compiler/index.ts';
import { accountWords } from './account-words.ts';
import { modelStatus, type SiteContext, wordsHtml } from './site-context.ts';
import type { SiteModelStatus } from './site-types.ts';

/** Where a model's rows went, what came to a source and was refused, what of its events is bad, and which of its columns are not as declared. */
export function accountView(site: SiteContext, model: ManifestModel) {
  const status = modelStatus(site, model.name);
  return {
    account: accountRows(site, status),
    arrived: arrivalsOf(site, status),
    reasons: (status?.arrivals?.reasons ?? []).slice(0, 8).map(({ reason, rows }) => ({
      reason: wordsHtml(site, site.again(reason)),
      rows: site.format.count(rows),
    })),
    events: eventsOf(site, model),
    drift: (site.input.history?.drift ?? [])
      .filter((drift) => drift.model === model.name)
      .map(({ column, kind, type, since }) =>
        wordsHtml(site, site.t(`drift.${kind}`, { column, type: type ?? '', since: site.format.instant(since) })),
      ),
    completeness: completenessOf(site, model, status),
  };
}

const parts = ['in', 'duplicate', 'excluded', 'rejected', 'rest', 'out'] as const;

function accountRows(site: SiteContext, status: SiteModelStatus | undefined) {
  const account = status?.account ?? [];
  const all = account.find(({ part }) => part === 'in')?.rows ?? 0;
  const { t, format } = site;
  return parts.flatMap((part) =>
    account
      .filter((one) => one.part === part && (one.rows > 0 || part === 'in' || part === 'out'))
      .map((one) => ({
        words: wordsHtml(site, accountWords(site, one)),
        look: part === 'in' || part === 'out' ? 'total' : '',
        rows: part === 'in' || part === 'out' ? format.count(one.rows) : `−${format.count(one.rows)}`,
        share: all === 0 ? t('absent.short') : format.percent(one.rows / all, 2),
      })),
  );
}

function arrivalsOf({ t }: SiteContext, status: SiteModelStatus | undefined): string | undefined {
  const { rows, late, future, rejected } = status?.arrivals ?? { rows: 0, late: 0, future: 0, rejected: 0 };
  if (status?.arrivals === undefined) return undefined;
  const told = [
    t('arrivals.rows', { n: rows }),
    ...(late > 0 ? [t('arrivals.late', { n: late })] : []),
    ...(future > 0 ? [t('arrivals.future', { n: future })] : []),
    ...(rejected > 0 ? [t('arrivals.rejected', { n: rejected })] : []),
  ];
  return told.join(' ');
}

function eventsOf(site: SiteContext, model: ManifestModel) {
  const { t, format } = site;
  const own = (site.input.history?.events ?? []).filter((total) => total.model === model.name);
  const sum = (of: 'events' | 'bad' | 'unknown'): number => own.reduce((total, each) => total + each[of], 0);
  if (sum('events') === 0) return undefined;
  const share = (count: number) => format.percent(count / sum('events'), 2);
  return {
    words: t('events.share', {
      n: sum('events'),
      bad: format.count(sum('bad')),
      bad_share: share(sum('bad')),
      unknown: format.count(sum('unknown')),
      unknown_share: share(sum('unknown')),
    }),
    rows: own
      .filter(({ bad, unknown }) => bad > 0 || unknown > 0)
      .sort((a, b) => b.bad + b.unknown - a.bad - a.unknown)
      .slice(0, 12)
      .map(({ event, events, bad, unknown }) => ({
        event: event ?? t('breakdown.null'),
        events: format.count(events),
        bad: format.count(bad),
        unknown: format.count(unknown),
      })),
  };
}

/** How far the data go, in a sentence. */
function completenessOf({ t, format }: SiteContext, model: ManifestModel, status: SiteModelStatus | undefined) {
  const { completeThrough: complete, freshThrough: fresh } = status ?? {};
  if (complete === undefined && fresh === undefined) return undefined;
  const promise = model.source?.freshness?.warnAfter;
  return [
    ...(complete === undefined ? [] : [t('complete.words', { at: format.instant(complete) })]),
    ...(fresh === undefined ? [] : [t('fresh.words', { at: format.instant(fresh) })]),
    ...(promise === undefined ? [] : [t('fresh.promise', { promise })]),
  ].join(' ');
}
