import { elapsedSql, parseLength } from '../cohort/length.ts';
import { startOfDaySql } from '../period.ts';
import { textLiteral } from '../sql-text.ts';
import type { Timing } from './rule.ts';
import type { SegmentSetting } from './setting.ts';

/** The instant so long before the cut. */
export function beforeCutSql({ asOf }: SegmentSetting, length: string): string {
  return `(${asOf} - ${elapsedSql(parseLength(length))})`;
}

/** Conditions on an instant; of `since`, which is another for each entity, none. */
export function windowSql(setting: SegmentSetting, timing: Timing | undefined, at: string): string[] {
  switch (timing?.form) {
    case 'within':
      return [`${at} >= ${beforeCutSql(setting, timing.length)}`];
    case 'before':
      return [`${at} < ${beforeCutSql(setting, timing.length)}`];
    case 'between':
      return [`${at} >= ${momentSql(timing.from, setting)}`, `${at} < ${momentSql(timing.to, setting)}`];
    default:
      return [];
  }
}

/** A day stands for its first instant in the calendar's zone. */
function momentSql(text: string, { zone }: SegmentSetting): string {
  return text.includes('T') ? `timestamptz ${textLiteral(text)}` : startOfDaySql(`date ${textLiteral(text)}`, zone);
}
