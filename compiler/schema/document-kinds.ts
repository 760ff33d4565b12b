import type { DocumentType } from '../source/source-file.ts';
import { builtModelSchema } from './built-model-schema.ts';
import { conditionSchema } from './condition-schema.ts';
import { dataTestSchemas } from './data-test-schemas.ts';
import { exampleSchemas } from './example-schema.ts';
import type { JsonSchema } from './json-schema.ts';
import { metricsSchema } from './metrics-schema.ts';
import { projectSchema } from './project-schema.ts';
import { dataTestsSchema } from './project-test-schema.ts';
import { rawModelSchema } from './raw-model-schema.ts';
import { segmentsSchema } from './segments-schema.ts';
import { sharedSchemas } from './shared-schemas.ts';

/** What the schemas refer to by `#/definitions/…`. */
export const schemaDefinitions: Readonly<Record<string, JsonSchema>> = {
  ...sharedSchemas,
  ...dataTestSchemas,
  ...exampleSchemas,
  condition: conditionSchema,
};

export interface DocumentKind {
  readonly type: DocumentType;
  /** Where such files stand: a file, or a folder with a slash at its end. */
  readonly place: string;
  /** Glob for editors. */
  readonly glob: string;
  readonly schema: JsonSchema;
}

export const documentKinds: readonly DocumentKind[] = [
  { type: 'project', place: 'project.yml', glob: 'project.yml', schema: projectSchema },
  { type: 'raw-model', place: 'models/raw/', glob: 'models/raw/**/*.yml', schema: rawModelSchema },
  { type: 'clean-model', place: 'models/clean/', glob: 'models/clean/**/*.yml', schema: builtModelSchema },
  { type: 'marts-model', place: 'models/marts/', glob: 'models/marts/**/*.yml', schema: builtModelSchema },
  { type: 'metrics', place: 'metrics/', glob: 'metrics/**/*.yml', schema: metricsSchema },
  { type: 'segments', place: 'segments/', glob: 'segments/**/*.yml', schema: segmentsSchema },
  { type: 'data-tests', place: 'tests/data/', glob: 'tests/data/**/*.yml', schema: dataTestsSchema },
];

export function findDocumentKind(path: string): DocumentKind | undefined {
  return documentKinds.find(({ place }) => (place.endsWith('/') ? path.startsWith(place) : path === place));
}
