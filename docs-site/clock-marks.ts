import type { DictionaryInput } from './site-types.ts';
import { isPastPromise } from './trust.ts';

/**
 * What the pages owe to the clock, besides the line that says when they were written: which sources are late by now, and the day, by which runs grow old. Where these and all
 * other input are as they were, the pages would be as well.
 */
export function clockMarks({ manifest, history, builtAt }: DictionaryInput): readonly string[] {
  const models = history?.models ?? {};
  const late = manifest.models.filter((model) =>
    isPastPromise(model, Object.hasOwn(models, model.name) ? models[model.name]?.freshThrough : undefined, builtAt),
  );
  return [builtAt.slice(0, 10), ...late.map(({ name }) => name)];
}
