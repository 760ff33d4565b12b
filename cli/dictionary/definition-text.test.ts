import { expect, test } from 'vitest';
import { definitionText } from './definition-text.ts';

const text = `segments:
  vip:
    entity: user   # of everyone
    examples:
      - title: One
        expect: {members: [a]}

    where:
      did: purchase

  other: {entity: user, where: {property: x}}
`;
const files = [{ kind: 'source-file' as const, path: 'segments/shop.yml', text }];

test('a definition is shown as it was written, without its neighbours and its examples', () => {
  expect(definitionText(files, { path: 'segments/shop.yml', line: 2 })).toBe(
    'vip:\n  entity: user   # of everyone\n  where:\n    did: purchase',
  );
  expect(definitionText(files, { path: 'segments/shop.yml', line: 11 })).toBe(
    'other: {entity: user, where: {property: x}}',
  );
  expect(definitionText(files, { path: 'segments/gone.yml', line: 1 })).toBeUndefined();
});
