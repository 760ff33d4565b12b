import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { compileProject } from '../compile-project.ts';
import { encodePieces } from './manifest-bytes.ts';
import { countEntries, countWritten, openManifest } from './open-manifest.ts';

test('models that somebody wrote are counted in the bytes as among the entries', async () => {
  const { manifest } = await compileProject(fileURLToPath(new URL('../fixtures/sound/', import.meta.url)));
  const written = manifest!.models.filter(({ generated }) => generated === undefined).length;
  expect(written).toBeLessThan(manifest!.models.length);
  const opened = openManifest(encodePieces(manifest!));
  expect([countWritten(manifest!), countWritten(opened)]).toEqual([written, written]);
  expect(countEntries(opened, 'models')).toBe(manifest!.models.length);
});
