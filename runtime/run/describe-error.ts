import type { ManifestModel } from '../../compiler/index.ts';
import { EngineError } from '../engine/engine.ts';

/** The engine speaks of generated SQL; the author knows the model and its file. */
export function describeStepError(error: Error, model: ManifestModel): string {
  const file = model.sqlPath ?? model.path;
  if (!(error instanceof EngineError)) return `${error.message} (${file})`;
  const hint = error.hint === undefined ? '' : ` (${error.hint})`;
  return `\`${model.name}\` could not be built: ${error.message}${hint} (${file})`;
}
