import { type DefinitionEntry, definitionEntries } from './definition-entries.ts';
import { paginate } from './list-view.ts';
import { renderPage, renderWithin } from './page.ts';
import { problemsOf } from './problems.ts';
import { groupBy, type SiteContext } from './site-context.ts';
import type { SiteFile } from './site-types.ts';
import { trustMark } from './trust.ts';

/** Who answers for what, with what of it is not healthy; what nobody owns stands last. */
export function ownersPages(site: SiteContext): readonly SiteFile[] {
  const { t } = site;
  const collator = new Intl.Collator(site.input.language);
  const groups = groupBy(definitionEntries(site), ({ owner }) => [owner ?? '']);
  const problems = groupBy(problemsOf(site, '../'), ({ owner }) => [owner ?? '']);
  const owners = [...groups]
    .map(([owner, entries]) => ({
      name: owner === '' ? t('owners.nobody') : owner,
      nobody: owner === '',
      entries,
      problems: problems.get(owner) ?? [],
    }))
    .sort((a, b) => Number(a.nobody) - Number(b.nobody) || collator.compare(a.name, b.name));
  return renderWithin([40, 20, 10, 5, 2], (size) =>
    paginate('owners', owners, size).map(({ path, rows, pages }) =>
      renderPage(
        site,
        'owners',
        { path, title: t('nav.owners') },
        {
          count: owners.filter(({ nobody }) => !nobody).length,
          pages,
          owners: rows.map((each) => ownerView(site, each, size)),
        },
      ),
    ),
  );
}

interface Owner {
  readonly name: string;
  readonly nobody: boolean;
  readonly entries: readonly DefinitionEntry[];
  readonly problems: ReturnType<typeof problemsOf>;
}

function ownerView(site: SiteContext, { name, nobody, entries, problems }: Owner, room: number) {
  const { t } = site;
  const most = Math.max(4, room);
  return {
    name,
    nobody,
    groups: (['metric', 'segment', 'model'] as const).flatMap((kind) => {
      const own = entries.filter((entry) => entry.kind === kind);
      if (own.length === 0) return [];
      return [
        {
          title: t(`home.${kind}s`, { n: own.length }),
          items: own.slice(0, most).map((entry) => ({
            label: entry.kind === 'model' ? entry.name : entry.label,
            href: `../${entry.path}`,
            mark: entry.state === 'ok' ? undefined : trustMark(site, entry.state, ''),
          })),
          more: own.length > most ? t('column.more', { n: own.length - most }) : undefined,
        },
      ];
    }),
    problems: problems.slice(0, 6),
    moreProblems: problems.length > 6 ? t('column.more', { n: problems.length - 6 }) : undefined,
  };
}
