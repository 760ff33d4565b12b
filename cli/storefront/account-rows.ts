import { formatInstant, minute } from './instant.ts';
import type { Life } from './life.ts';
import { csvLine, type Row } from './row.ts';

export const accountHeader = 'user_id,created_at,updated_at,email,country,channel,plan,is_test';

/** The shop's account table, a row for each change: signup, upgrade, downgrade. Accounts older than the story come with its first day. */
export function exportAccounts(lives: readonly Life[], storyStart: number): readonly Row[] {
  return lives.flatMap(({ account, stretches }) => {
    const changes = [{ at: account.createdAt, plan: account.startsAs as string }];
    for (const stretch of stretches) {
      if (stretch.startedAt > account.createdAt) changes.push({ at: stretch.startedAt, plan: 'pro' });
      if (stretch.endedAt !== undefined) changes.push({ at: stretch.endedAt, plan: 'free' });
    }
    return changes.map(({ at, plan }) => ({
      arrivedAt: Math.max(at, storyStart) + minute,
      order: account.id,
      line: csvLine([
        account.id,
        formatInstant(account.createdAt),
        formatInstant(at),
        account.email,
        account.statedCountry,
        account.channel,
        plan,
        account.flaggedTest,
      ]),
    }));
  });
}

export const subscriptionHeader = 'subscription_id,user_id,plan,started_at,ended_at,updated_at';

/** Subscriptions as billing sees them: a row when one starts and another when it ends. */
export function exportSubscriptions(lives: readonly Life[], storyStart: number): readonly Row[] {
  return lives.flatMap(({ account, stretches }) =>
    stretches.flatMap((stretch) => {
      const id = `${account.id}-${stretch.number}`;
      const plan = account.startsAs === 'pro_2023' && stretch.number === 1 ? 'pro_2023' : 'pro';
      const states = [undefined, ...(stretch.endedAt === undefined ? [] : [stretch.endedAt])];
      return states.map((endedAt) => {
        const at = endedAt ?? stretch.startedAt;
        const instants = [formatInstant(stretch.startedAt), endedAt && formatInstant(endedAt), formatInstant(at)];
        return {
          arrivedAt: Math.max(at, storyStart) + minute,
          order: id,
          line: csvLine([id, account.id, plan, ...instants]),
        };
      });
    }),
  );
}
