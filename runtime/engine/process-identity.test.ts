import { expect, it } from 'vitest';
import { findFate, identifyProcess } from './process-identity.ts';

const self = identifyProcess();

it.each([
  ['this process', {}, 'running'],
  ['a number that no process has', { pid: 2 ** 22 + 1 }, 'gone'],
  ['another machine', { host: 'elsewhere' }, 'elsewhere'],
  ['before a restart', { boot: 'another' }, 'restarted'],
  ['another container, where numbers mean other processes', { space: 'pid:[1]', pid: 2 ** 22 + 1 }, 'elsewhere'],
] as const)('%s: %o is %s', (_, change, fate) => {
  expect(findFate({ ...self, ...change })).toBe(fate);
});

it.skipIf(process.platform !== 'linux')(
  `a process that has the number of an earlier one is not it${process.platform === 'linux' ? '' : ' (skipped: the start of a process is known on Linux only)'}`,
  () => expect(findFate({ ...self, started: '1' })).toBe('gone'),
);
