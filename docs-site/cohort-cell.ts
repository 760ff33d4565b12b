import type { Grain } from '../compiler/index.ts';
import { isCurrency, isPercent } from './format-value.ts';
import type { SiteContext } from './site-context.ts';
import type { MetricTable } from './site-types.ts';

const states = new Set(['final', 'partial', 'unobservable', 'empty', 'as_of', 'hidden']);

/** A value as readers expect it; one that is not there is a dash, never 0. */
export function formatCell(
  { t, format }: SiteContext,
  { name, role, unit }: MetricTable['columns'][number],
  value: string | null,
): string {
  if (value === null) return t('absent.short');
  if (role === 'state') return states.has(value) ? t(`cohort.state.${value}`) : value;
  if (role === 'grain' && name !== 'period') return format.period(value, name as Grain);
  if (role === 'metric') return format.value(value, isPercent(unit) || isCurrency(unit) ? unit : undefined);
  return value;
}
