import { isCalendarDay } from '../definition/calendar-day.ts';

/** A value of each type as it is written in a file, by the name of the type. */
const samples: Readonly<Record<string, string>> = {
  integer: '3',
  decimal: '12.50',
  double: '0.25',
  boolean: 'true',
  date: '2025-01-31',
  timestamp: '2025-01-31T10:00:00Z',
  text: '"a"',
};

/** How a value of the type may be written; `type` as `formatType` writes it. */
export function sampleValue(type: string): string | undefined {
  return samples[type.replace(/\(.*$/, '')];
}

const time = String.raw`([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d+)?)?`;
const instant = new RegExp(String.raw`^(\d{4}-\d\d-\d\d)([T ]${time}\s?(Z|[+-]\d\d(:?\d\d)?)?)?$`);

/** Whether a database reads the text as the type. Text takes all, and JSON is the business of its own reader. */
export function readsAs(text: string, type: string): boolean {
  switch (type) {
    case 'text':
    case 'json':
      return true;
    case 'boolean':
      return /^(true|false)$/i.test(text);
    case 'date':
      return isCalendarDay(text);
    case 'timestamp':
      return isCalendarDay(instant.exec(text)?.[1] ?? '');
    case 'integer':
      return /^[-+]?\d+$/.test(text);
    default:
      return /^[-+]?(\d+(\.\d*)?|\.\d+)(e[-+]?\d+)?$/i.test(text);
  }
}
