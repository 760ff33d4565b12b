/**
 * Days since 1970-01-01, negative before it; what follows the date is left out. The year is taken to begin in March, so that the leap day is its last one (H. Hinnant, "chrono-compatible low-level date algorithms").
 *
 * @example
 * dayNumber('2025-03-01') // 20148
 */
export function dayNumber(day: string): number {
  const [year = 1970, month = 1, date = 1] = day.slice(0, 10).split('-').map(Number);
  return daysOf(year, month, date);
}

/** A month may lie outside 1 … 12: 13 is the January after. */
export function firstOfMonth(year: number, month: number): number {
  return daysOf(year + Math.floor((month - 1) / 12), ((((month - 1) % 12) + 12) % 12) + 1, 1);
}

function daysOf(year: number, month: number, date: number): number {
  const y = month > 2 ? year : year - 1;
  const era = Math.floor(y / 400);
  const ofEra = y - era * 400;
  const ofYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + date - 1;
  return era * 146_097 + ofEra * 365 + Math.floor(ofEra / 4) - Math.floor(ofEra / 100) + ofYear - 719_468;
}

export function dayText(days: number): string {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const ofEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (ofEra - Math.floor(ofEra / 1460) + Math.floor(ofEra / 36_524) - Math.floor(ofEra / 146_096)) / 365,
  );
  const ofYear = ofEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const place = Math.floor((5 * ofYear + 2) / 153);
  const month = place < 10 ? place + 3 : place - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  const two = (part: number) => String(part).padStart(2, '0');
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(ofYear - Math.floor((153 * place + 2) / 5) + 1)}`;
}
