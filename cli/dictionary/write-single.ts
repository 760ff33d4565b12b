import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { suggestNames } from '../../compiler/diagnostic/nearest-name.ts';
import type { Manifest } from '../../compiler/index.ts';
import { buildSingle, type PageKind } from '../../docs-site/index.ts';
import { CommandFailure } from '../command-failure.ts';
import type { Context, Flags } from '../context.ts';
import { exitCode } from '../exit-code.ts';
import { writeFile } from '../output/write-file.ts';
import type { Project } from '../project/load-project.ts';
import { gatherInput, withParts } from './build-dictionary.ts';
import { chooseAudience } from './choose-audience.ts';
import { audienceMark } from './choose-folder.ts';
import { drawWith } from './override-failure.ts';

export interface SinglePage {
  /** Absolute. */
  readonly file: string;
  readonly url: string;
  readonly bytes: number;
}

interface PageName {
  readonly kind: PageKind;
  readonly name: string;
}

/** Writes one definition's page as a file that needs no other: to `--to`, else into `target/`. */
export async function writeSingle(context: Context, project: Project, flags: Flags): Promise<SinglePage> {
  const asked = flags.single as string;
  const page = findPage(project.manifest, asked, chooseAudience(project.manifest, flags));
  const to = flags.to as string | undefined;
  const name = `${asked.replace('/', '.')}${audienceMark(flags)}.html`;
  const file = to === undefined ? resolve(project.folder, 'target', name) : resolve(context.cwd, to);
  const html = await withParts(context, project, flags, async (parts) =>
    drawWith(context, project.folder, async () => buildSingle(await gatherInput(context, project, flags, parts), page)),
  );
  writeFile(file, html);
  return { file, url: pathToFileURL(file).href, bytes: Buffer.byteLength(html) };
}

/** The page that `KIND/NAME` names; a source is the model of that layer. */
function findPage(manifest: Manifest, asked: string, audience: string | undefined): PageName {
  const pages = new Map(listPages(manifest, audience).map((page) => [page.path, page]));
  const found = pages.get(asked);
  if (found) return found;
  const alike = [...pages.keys()].filter((path) => path.slice(path.indexOf('/') + 1) === asked.replace(/^[^/]*\//, ''));
  const hints =
    alike.length > 0
      ? [`did you mean ${alike.map((path) => `\`${path}\``).join(' or ')}?`]
      : asked.includes('/')
        ? suggestNames(asked, pages.keys())
        : ['a page is named by its kind as well: `metric/NAME`, `segment/NAME`, `model/NAME` or `source/NAME`'];
  const where = audience === undefined ? '' : ` for \`${audience}\``;
  throw new CommandFailure(exitCode.usage, `\`--single ${asked}\`: there is no such page${where}`, hints);
}

function listPages(
  { metrics, segments, models }: Manifest,
  audience: string | undefined,
): readonly (PageName & { readonly path: string })[] {
  const page = (word: string, kind: PageKind, name: string) => ({ path: `${word}/${name}`, kind, name });
  const isShown = ({ tags }: { readonly tags: readonly string[] }) => audience === undefined || tags.includes(audience);
  const own = models.filter((model) => model.generated === undefined && isShown(model));
  return [
    ...metrics.filter(isShown).map(({ name }) => page('metric', 'metric', name)),
    ...segments.filter(isShown).map(({ name }) => page('segment', 'segment', name)),
    ...own.map(({ name }) => page('model', 'model', name)),
    ...own.filter(({ layer }) => layer === 'raw').map(({ name }) => page('source', 'model', name)),
  ];
}
