import type { ManifestModel } from '../../compiler/index.ts';
import { EngineError } from '../engine/engine.ts';

/** An engine's own words, without what stood in a row: a value that could not be converted is nobody's business but the database's. */
export function describeEngineError(error: Error): string {
  if (!(error instanceof EngineError) || error.kind !== 'data') return error.message;
  return error.message.replaceAll(/'(?:[^']|'')*'|"(?:[^"]|"")*"/g, '***');
}

/** The engine speaks of generated SQL; the author knows the model and its file. */
export function describeStepError(error: Error, model: ManifestModel): string {
  const file = model.sqlPath ?? model.path;
  if (!(error instanceof EngineError)) return `${error.message} (${file})`;
  const hint = error.hint === undefined ? '' : ` (${error.hint})`;
  return `\`${model.name}\` could not be built: ${describeEngineError(error)}${hint} (${file})`;
}
