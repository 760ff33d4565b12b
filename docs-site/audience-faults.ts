import type { Manifest } from '../compiler/index.ts';
import { findTold, namesFor } from './audience-names.ts';
import { nodeId } from './site-graph.ts';

/** A text of a definition that an audience is shown, which names another that it must not know of. */
export interface AudienceFault {
  readonly path: string;
  readonly line?: number;
  /** The definition, and which of its texts. */
  readonly of: string;
  readonly text: 'title' | 'description' | 'changes';
  readonly names: readonly string[];
}

/**
 * Where what an audience is to read names what it is not shown. Texts of authors are never rewritten, so that these must be mended, or the definition tagged.
 *
 * @example
 * audienceFaults(manifest, 'public') // [{ path: 'metrics/shop.yml', line: 7, of: 'revenue', text: 'description', names: ['net_revenue'] }]
 */
export function audienceFaults(manifest: Manifest, audience: string): readonly AudienceFault[] {
  const { shown, words, hidden } = namesFor(manifest, audience);
  const faultsOf = (
    place: Pick<AudienceFault, 'path' | 'line' | 'of'>,
    texts: readonly (readonly [AudienceFault['text'], string | undefined])[],
  ) =>
    texts.flatMap(([text, written]): AudienceFault[] => {
      const names = findTold(written ?? '', hidden);
      return names.length > 0 ? [{ ...place, text, names }] : [];
    });
  const versioned = [...manifest.metrics, ...manifest.segments].filter(({ kind, name }) =>
    shown.has(nodeId(kind, name)),
  );
  return [
    ...versioned.flatMap(({ name, path, line, title, description, changes }) =>
      faultsOf({ of: name, path, line }, [
        ['title', title],
        ['description', description],
        ...Object.values(changes).map((reason) => ['changes', reason] as const),
      ]),
    ),
    ...manifest.models
      .filter(({ name }) => shown.has(nodeId('model', name)))
      .flatMap(({ name, path, title, description, columns }) => [
        ...faultsOf({ of: name, path }, [
          ['title', title],
          ['description', description],
        ]),
        ...columns.flatMap((column) =>
          faultsOf(
            { of: `${name}.${column.name}`, path, ...(column.line === undefined ? {} : { line: column.line }) },
            [['description', column.description]],
          ),
        ),
      ]),
    ...[...manifest.activities, ...manifest.cohorts]
      .filter(({ name }) => words.has(name))
      .flatMap(({ name, path, description }) => faultsOf({ of: name, path }, [['description', description]])),
    ...faultsOf({ of: manifest.project.name, path: 'project.yml' }, [
      ['title', manifest.project.title],
      ['description', manifest.project.description],
    ]),
  ];
}
