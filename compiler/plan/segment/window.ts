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
  return [...sinceInstantSql(setting, timing, at), ...untilInstantSql(setting, timing, at)];
}

/** From when on a window lets an instant lie. */
export function sinceInstantSql(setting: SegmentSetting, timing: Timing | undefined, at: string): string[] {
  if (timing?.form === 'within') return [`${at} >= ${beforeCutSql(setting, timing.length)}`];
  return timing?.form === 'between' ? [`${at} >= ${momentSql(timing.from, setting)}`] : [];
}

/** Before when. */
export function untilInstantSql(setting: SegmentSetting, timing: Timing | undefined, at: string): string[] {
  if (timing?.form === 'before') return [`${at} < ${beforeCutSql(setting, timing.length)}`];
  return timing?.form === 'between' ? [`${at} < ${momentSql(timing.to, setting)}`] : [];
}

/** A day stands for its first instant in the calendar's zone. */
function momentSql(text: string, { zone }: SegmentSetting): string {
  return text.includes('T') ? `timestamptz ${textLiteral(text)}` : startOfDaySql(`date ${textLiteral(text)}`, zone);
}
