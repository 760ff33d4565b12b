import { expect, it } from 'vitest';
import { columnFits } from './column-fits.ts';

it.each([
  ['text', 'integer'],
  ['text', 'jsonb[]'],
  ['integer', 'integer'],
  ['decimal(12,2)', 'integer'],
  ['decimal(12,2)', 'decimal(10,2)'],
  ['double', 'decimal(10,2)'],
  ['timestamp', 'timestamp without time zone'],
  ['integer', 'uuid'],
])('%s takes %s', (declared, found) => expect(columnFits(declared, found)).toBe(true));

it.each([
  ['integer', 'text'],
  ['integer', 'decimal(10,2)'],
  ['decimal(12,2)', 'decimal(12,4)'],
  ['decimal(12,2)', 'decimal(14,2)'],
  ['decimal(12,2)', 'double'],
  ['date', 'timestamp'],
  ['timestamp', 'date'],
  ['boolean', 'integer'],
  ['json', 'text'],
])('%s does not take %s', (declared, found) => expect(columnFits(declared, found)).toBe(false));
