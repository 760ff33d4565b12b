import { join } from 'node:path';
import { type Manifest, planQuery, type QueryRequest } from '../compiler/index.ts';
import { openEngine } from '../runtime/engine/open-engine.ts';
import { queryTarget, readFreshStored } from '../runtime/index.ts';
import { historyOf } from './incremental-project.ts';
import type { Side } from './incremental-sides.ts';
import type { Benchmark, Figure, Timing } from './measure.ts';
import { best, timed } from './measure.ts';
import { type EngineName, measureIncrements } from './measure-increments.ts';
import { addMetricDay, addMetricLate, byHand, createMetricTables } from './metrics-by-hand.ts';
import {
  metricsColumns,
  writeMetricsDay,
  writeMetricsHistory,
  writeMetricsLate,
  writeMetricsProject,
} from './metrics-project.ts';
import { withFolder } from './temporary-folder.ts';

/** Weekly retention, distinct users and revenue by country over a history of events, all three kept: the first build, a new day, late rows; then what the questions take. */
export function metricsBenchmark(millions: number, engines: readonly EngineName[]): Benchmark {
  return {
    name: `metrics-${millions}m`,
    run: () =>
      withFolder(async (folder) => {
        const history = historyOf(millions * 1_000_000);
        writeMetricsProject(folder);
        await writeMetricsHistory(folder, history);
        await writeMetricsDay(join(folder, 'new-day.parquet'), history);
        await writeMetricsLate(join(folder, 'late.parquet'), history);
        const words = `metrics over ${millions} M events`;
        const late = `${history.lateRows} late rows over ${history.lateDays} days`;
        return measureIncrements(
          {
            folder,
            words,
            columns: metricsColumns,
            createTables: createMetricTables(),
            arrivals: [
              { name: 'new-day', work: 'one new day', byHand: addMetricDay(history) },
              { name: 'late', work: late, byHand: addMetricLate(history) },
            ],
            agree: [
              {
                ours: 'select count(*), sum(part_1) from marts.revenue__by_month',
                hand: 'select count(*), sum(amount) from revenue_months',
              },
              { ours: 'select count(*) from marts.users__by_week', hand: 'select count(*) from user_weeks' },
              {
                ours: 'select count(*), max(anchored_at) from marts.retention__members',
                hand: 'select count(*), max(first_at) from first_events',
              },
            ],
            ask: (manifest, ours, hand, title) => measureQuestions(manifest, ours, hand, title),
          },
          engines,
        );
      }),
  };
}

const questions: readonly {
  readonly name: keyof typeof byHand;
  readonly work: string;
  readonly asked: Partial<QueryRequest>;
}[] = [
  { name: 'retention', work: 'weekly retention, 20 weeks', asked: {} },
  { name: 'users', work: 'distinct users by week', asked: { grain: 'week' } },
  { name: 'revenue', work: 'revenue by month and country', asked: { grain: 'month', by: ['country'] } },
];
const turns = 3;

/** Planned and asked, from what is kept; against the same question written by hand over the events, and beside it what ours takes over the events. */
async function measureQuestions(manifest: Manifest, ours: Side, hand: Side, title: string): Promise<readonly Figure[]> {
  const { target } = ours;
  const engine = await openEngine(
    typeof target === 'string'
      ? { engine: 'duckdb', path: target, threads: 2 }
      : { engine: 'postgres', url: target.url, threads: 2 },
  );
  const server = typeof target === 'string' ? undefined : target;
  try {
    const fresh = await readFreshStored({ engine, manifest });
    const figures: Figure[] = [];
    for (const { name, work, asked } of questions) {
      const request: QueryRequest = { metrics: [name], by: [], order: [], asOf: '2024-01-01T00:00:00Z', ...asked };
      const ask = (stored: ReadonlySet<string>) =>
        timed(async () => {
          const { plan } = planQuery(manifest, request, stored);
          await queryTarget({ manifest, engine, plan: plan! });
        }, server);
      let [kept, rows, own]: (Timing | undefined)[] = [];
      for (let turn = 0; turn < turns; turn += 1) {
        kept = best(await ask(fresh), kept);
        rows = best(await ask(new Set()), rows);
        own = best(await hand.ask(byHand[name]).then(() => timed(() => hand.ask(byHand[name]))), own);
      }
      figures.push({
        work: `${title}: ${work}`,
        ...kept!,
        floor: { what: 'by hand over the events', ...own! },
        note: `${Math.round(rows!.seconds * 1000)} ms over the events`,
        ...(name === 'retention' ? { target: '20 ms' } : {}),
      });
    }
    return figures;
  } finally {
    await engine.close();
  }
}
