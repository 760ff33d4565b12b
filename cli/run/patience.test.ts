import { expect, it } from 'vitest';
import { CommandFailure } from '../command-failure.ts';
import { parseDuration, readPatience } from './patience.ts';

it.each([
  ['30 minutes', 1800],
  ['90s', 90],
  ['1 second', 1],
  ['2h', 7200],
  ['5 min', 300],
  ['0s', 0],
])('%s is %d seconds', (text, seconds) => {
  expect(parseDuration('--wait-timeout', text)).toBe(seconds);
});

it.each(['', '30', 'soon', '-1s', '1.5h', '3 fortnights', 's'])('`%s` is no length of time', (text) => {
  expect(() => parseDuration('--wait-timeout', text)).toThrow(CommandFailure);
});

it('is asked for by flags; without them what looks waits a little, and what writes not at all', () => {
  expect(readPatience({ ifBusy: 'wait', waitTimeout: '1 minute' }, false)).toEqual({ ifBusy: 'wait', waitSeconds: 60 });
  expect(readPatience({ ifBusy: 'skip', waitTimeout: '1 minute' }, false)).toEqual({ ifBusy: 'skip', waitSeconds: 0 });
  expect(readPatience({}, true)).toEqual({ ifBusy: 'wait', waitSeconds: 10 });
  expect(readPatience({}, false)).toEqual({ ifBusy: 'fail', waitSeconds: 0 });
});
