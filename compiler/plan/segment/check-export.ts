import type { SegmentDefinition } from '../../definition/segment.ts';
import { type Diagnostic, diagnostic } from '../../diagnostic/diagnostic.ts';
import { suggestNames } from '../../diagnostic/nearest-name.ts';
import type { Catalog } from '../catalog.ts';

/** What an export hands out beside the key: columns of the model with the entity's properties, and of a split the part. */
export function exportable(
  catalog: Pick<Catalog, 'models'>,
  segment: { readonly key: string; readonly attributes?: string; readonly isSplit: boolean },
): readonly string[] {
  const columns = catalog.models.get(segment.attributes ?? '')?.columns.map(({ name }) => name) ?? [];
  return [...new Set([segment.key, ...(segment.isSplit ? ['part'] : []), ...columns])];
}

/** Columns that cannot be handed out are told where they stand. */
export function checkExport({ name, rule, export: share }: SegmentDefinition, catalog: Catalog): Diagnostic[] {
  const segment = catalog.segments.get(name);
  if (!share || !segment?.computed) return [];
  const available = exportable(catalog, { ...segment, isSplit: rule.form === 'split' });
  return share.columns
    .filter(({ value }) => !available.includes(value))
    .map(({ value, span }) =>
      diagnostic(
        'E1305',
        `the export of segment \`${name}\` hands out \`${value}\`, which is no column of its members`,
        {
          span,
          hints:
            segment.attributes === undefined
              ? [
                  `only \`${segment.key}\` can be handed out: \`${segment.entity}\` has no \`attributes:\` in project.yml`,
                ]
              : suggestNames(value, available),
        },
      ),
    );
}
