import { expect, test } from 'vitest';
import { sampleManifest } from '../../tests/conformance/sample-manifest.ts';
import { cutName, physicalName, publishedName, rejectedName } from './target-names.ts';

test('a versioned relation tells the model, its definition and its build', () => {
  expect(physicalName({ name: 'marts.orders', fingerprint: '1a2b3c4d5e6f7081' }, 7)).toEqual({
    schema: 'etalon_tables',
    table: 'marts__orders__1a2b3c4d__7',
  });
});

test('long names are cut to 63 bytes and never meet', () => {
  const long = 'x'.repeat(60);
  const names = [1, 2, 12].map(
    (build) => physicalName({ name: `marts.${long}`, fingerprint: 'abcdef0123456789' }, build).table,
  );
  for (const name of names) expect(Buffer.byteLength(name)).toBe(63);
  expect(new Set(names).size).toBe(3);
  expect(cutName('короткое имя')).toBe('короткое имя');
  expect(Buffer.byteLength(cutName('длинное имя '.repeat(9)))).toBeLessThanOrEqual(63);
});

test('a layer may be renamed, with the name of the target', () => {
  const plain = sampleManifest([]);
  const schemas = { raw: 'raw', clean: 'clean', marts: 'shop_{{target}}' };
  const manifest = { ...plain, project: { ...plain.project, schemas } };
  expect(publishedName(manifest, 'prod', 'marts.orders')).toEqual({ schema: 'shop_prod', table: 'orders' });
  expect(rejectedName({ schema: 'raw', table: 'events' })).toEqual({ schema: 'raw', table: 'events__rejected' });
});
