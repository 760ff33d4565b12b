import { changeView } from './changes-page.ts';
import type { SiteContext } from './site-context.ts';
import { addressOf } from './site-path.ts';
import type { SiteFile } from './site-types.ts';

const fedBuilds = 30;

/** `changes/feed.xml`, in Atom: an entry for each of the last stored builds. Without an address of the site its links are relative, as all of a site's are. */
export function changesFeed(site: SiteContext): readonly SiteFile[] {
  const { input, t } = site;
  const stored = input.builds;
  const { project } = input.manifest;
  if (stored === undefined || stored.builds.length === 0) return [];
  const urn = `urn:etalon:${project.name}`;
  const linkTo = (name: string): string =>
    input.baseUrl === undefined ? name : escapeXml(addressOf(input, `changes/${name}`));
  const entries = stored.builds
    .slice(-fedBuilds)
    .reverse()
    .map(({ number, at }) => {
      const changes = stored.changes.filter(({ build }) => build === number);
      const isFirst = stored.builds[0]!.number === number;
      const lines = isFirst
        ? [t('changes.first', { n: changes.length })]
        : changes.map((change) => {
            const { label, word, kind, reason } = changeView(site, stored, change, '../');
            return `${label} (${kind}): ${word}${reason === undefined ? '' : ` – ${reason}`}`;
          });
      const restated = stored.restated.filter(({ build }) => build === number).length;
      if (restated > 0) lines.push(t('changes.restated_count', { n: restated }));
      return [
        '<entry>',
        `<id>${urn}:build:${number}</id>`,
        `<title>${escapeXml(t('changes.build', { n: String(number) }))}</title>`,
        `<updated>${toInstant(at)}</updated>`,
        `<link href="${linkTo(`index.html#build-${number}`)}"/>`,
        `<content type="text">${escapeXml(lines.join('\n'))}</content>`,
        '</entry>',
      ].join('\n');
    });
  const title = `${project.site.title ?? project.title ?? project.name}: ${t('nav.changes')}`;
  const head = [
    '<?xml version="1.0" encoding="utf-8"?>',
    `<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="${input.language}">`,
    `<id>${urn}:changes</id>`,
    `<title>${escapeXml(title)}</title>`,
    `<updated>${toInstant(stored.builds.at(-1)!.at)}</updated>`,
    `<author><name>${escapeXml(project.name)}</name></author>`,
    `<link rel="self" href="${linkTo('feed.xml')}"/>`,
    `<link href="${linkTo('index.html')}"/>`,
  ];
  return [{ path: 'changes/feed.xml', content: `${[...head, ...entries, '</feed>'].join('\n')}\n` }];
}

function toInstant(iso: string): string {
  return new Date(iso).toISOString();
}

const named: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Characters that XML cannot hold at all are replaced. */
function escapeXml(text: string): string {
  return [...text].map((sign) => named[sign] ?? (isXml(sign.codePointAt(0)!) ? sign : '\ufffd')).join('');
}

function isXml(code: number): boolean {
  return code >= 32
    ? code < 0xd800 || (code > 0xdfff && code < 0xfffe) || code > 0xffff
    : code === 9 || code === 10 || code === 13;
}
