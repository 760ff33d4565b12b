const rules = new Intl.PluralRules('ru');

/**
 * The form of a noun beside a number; beside a fraction it is that of two: «2,5 дня».
 *
 * @example
 * pluralRu(21, ['день', 'дня', 'дней']) // день
 */
export function pluralRu(n: number, [one, few, many]: readonly [one: string, few: string, many: string]): string {
  const form = rules.select(n);
  return form === 'one' ? one : form === 'many' ? many : few;
}
