import { formatTable } from '../cli/output/format-table.ts';
import { describeMachine, type Figure } from './measure.ts';

/** The table of bench/README.md. */
export function printFigures(figures: readonly Figure[], date: string): string {
  const right = { align: 'right' as const };
  const columns = [
    { title: 'work' },
    { title: 'time', ...right },
    { title: 'floor', ...right },
    { title: 'ratio', ...right },
    { title: 'CPU', ...right },
    { title: 'ratio', ...right },
    { title: 'peak memory', ...right },
    { title: 'figure', ...right },
    { title: 'target', ...right },
    { title: 'floor is' },
  ];
  const rows = figures.map(({ work, seconds, cpuSeconds, floor, peakMebibytes, note, target }) => [
    work,
    formatTime(seconds),
    floor ? formatTime(floor.seconds) : '',
    floor ? formatRatio(seconds, floor.seconds) : '',
    cpuSeconds === undefined ? '' : formatTime(cpuSeconds),
    cpuSeconds === undefined || floor?.cpuSeconds === undefined ? '' : formatRatio(cpuSeconds, floor.cpuSeconds),
    peakMebibytes ? `${Math.round(peakMebibytes)} MiB` : '',
    note ?? '',
    target ?? '',
    floor?.what ?? '',
  ]);
  return `${describeMachine()}, ${date}\n\n${formatTable(columns, rows)}`;
}

function formatRatio(seconds: number, floor: number): string {
  return `${(seconds / floor).toFixed(2)}x`;
}

function formatTime(seconds: number): string {
  return seconds < 1 ? `${Math.round(seconds * 1000)} ms` : `${seconds.toFixed(2)} s`;
}
