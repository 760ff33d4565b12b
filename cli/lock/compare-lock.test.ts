import { describe, expect, it } from 'vitest';
import { compareLock } from './compare-lock.ts';
import { emptyLock, formatLock, type Lock, parseLock } from './lock-file.ts';

const metric = (
  name: string,
  version: number,
  fingerprint: string,
  computed = true,
  inputs: readonly string[] = [],
) => ({
  name,
  path: 'metrics/a.yml',
  version,
  fingerprint,
  computed,
  inputs,
});
const lock: Lock = {
  lock: 1,
  metrics: { revenue: { version: 2, fingerprint: 'aa' }, gone: { version: 1, fingerprint: 'cc' } },
  segments: { revenue: { version: 1, fingerprint: 'ss' } },
};

describe('compareLock', () => {
  it('takes in what is new and lets go of what is not there', () => {
    const result = compareLock([metric('revenue', 2, 'aa'), metric('orders', 1, 'bb')], [], lock);
    expect(result).toMatchObject({ silent: [], added: ['orders'], raised: [], removed: ['gone', 'revenue'] });
    expect(result.next.metrics).toEqual({
      revenue: { version: 2, fingerprint: 'aa' },
      orders: { version: 1, fingerprint: 'bb' },
    });
  });

  it('finds a meaning that moved under its version and keeps the old entry', () => {
    const result = compareLock([metric('revenue', 2, 'xx')], [], lock);
    expect(result.silent).toMatchObject([{ name: 'revenue', how: 'moved' }]);
    expect(result.next.metrics.revenue).toEqual({ version: 2, fingerprint: 'aa' });
  });

  it('names what a derived metric moved with', () => {
    const both: Lock = { ...lock, metrics: { ...lock.metrics, aov: { version: 1, fingerprint: 'dd' } } };
    const metrics = [
      metric('revenue', 3, 'xx'),
      metric('orders', 1, 'bb'),
      metric('aov', 1, 'yy', true, ['orders', 'revenue']),
    ];
    expect(
      compareLock(metrics, [], { ...both, metrics: { ...both.metrics, orders: { version: 1, fingerprint: 'bb' } } })
        .silent,
    ).toMatchObject([{ name: 'aov', because: ['revenue'] }]);
  });

  it('holds segments to what they mean, and names the metrics and segments that moved them', () => {
    const segment = { ...metric('revenue', 1, 'tt', true, ['staff']), metrics: ['orders'] };
    const orders = { ...lock, metrics: { orders: { version: 1, fingerprint: 'bb' } } };
    expect(compareLock([metric('orders', 2, 'cc')], [segment], orders)).toMatchObject({
      silent: [{ name: 'revenue', how: 'moved', because: ['orders'] }],
      raised: ['orders'],
      next: { segments: { revenue: { version: 1, fingerprint: 'ss' } } },
    });
    expect(compareLock([], [{ ...segment, version: 2 }], orders)).toMatchObject({ silent: [], raised: ['revenue'] });
  });

  it('lets a meaning move with its version, and a version move alone', () => {
    expect(compareLock([metric('revenue', 3, 'xx')], [], lock)).toMatchObject({ silent: [], raised: ['revenue'] });
    expect(compareLock([metric('revenue', 3, 'aa')], [], lock)).toMatchObject({ silent: [], raised: ['revenue'] });
  });

  it('refuses a version that went back', () => {
    expect(compareLock([metric('revenue', 1, 'aa')], [], lock).silent).toMatchObject([{ how: 'reused' }]);
  });

  it('locks nothing that is not computed, and no name of Object.prototype by accident', () => {
    expect(compareLock([metric('ltv', 1, '', false)], [], emptyLock).next.metrics).toEqual({});
    expect(compareLock([metric('constructor', 1, 'aa')], [], emptyLock).added).toEqual(['constructor']);
  });
});

describe('the lock file', () => {
  it('is read as it was written, sorted, a line each', () => {
    const text = formatLock(lock);
    expect(parseLock(text)).toEqual(lock);
    expect(text.indexOf('"gone"')).toBeLessThan(text.indexOf('"revenue"'));
    expect(text.split('\n')).toHaveLength(11);
    expect(parseLock(formatLock(emptyLock))).toEqual(emptyLock);
  });

  it('says what is wrong with a broken one', () => {
    expect(() => parseLock('<<<<<<< HEAD')).toThrow('no JSON');
    expect(() => parseLock('{"lock": 9, "metrics": {}}')).toThrow('version `9`');
    expect(() => parseLock('{"lock": 1, "metrics": {"a": {}}}')).toThrow('entry `a`');
    expect(() => parseLock('[]')).toThrow('no `metrics`');
  });
});
