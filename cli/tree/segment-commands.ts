import type { CommandSpec, OptionSpec } from './command-spec.ts';
import { exportCommands } from './export-commands.ts';
import { shared } from './options.ts';

const asOf: OptionSpec = {
  flags: '--as-of <instant>',
  about: 'look as of then: only what happened strictly before it; else as far as all that is read is complete',
};
const format: OptionSpec = {
  flags: '--format <format>',
  about: 'how to print',
  choices: ['table', 'json', 'csv'],
  default: 'table',
};
const json: OptionSpec = { flags: '--json', about: 'the same as --format json' };
const asking = [asOf, format, json, shared.project, shared.target];
const segment = { name: '<segment>', about: 'a segment' };

/** What there is to ask of segments. All but `history` and `explain-change` are computed when they are asked for. */
export const segmentCommands: CommandSpec = {
  name: 'segment',
  summary: 'segments: who is in, how many, who is lost where, and why',
  examples: [['etalon segment size vip', 'how many']],
  commands: [
    {
      name: 'show',
      summary: 'say who is in a segment, in plain words',
      arguments: [segment],
      options: [
        shared.language,
        { flags: '--sql', about: 'the SQL for the target as well' },
        shared.json,
        shared.project,
        shared.target,
      ],
      examples: [['etalon segment show vip --language ru', 'the rule in Russian']],
      load: async () => (await import('../commands/segment-show.ts')).segmentShow,
    },
    {
      name: 'size',
      summary: 'count the members, those of whom it is unknown, and everyone there is; of a split each part',
      arguments: [{ name: '<segment...>', about: 'one or more segments' }],
      options: asking,
      examples: [['etalon segment size vip rfm --as-of 2025-06-01', 'as of a day in the past']],
      load: async () => (await import('../commands/segment-size.ts')).segmentSize,
    },
    {
      name: 'members',
      summary: 'list members; of a split everyone with their part',
      more: [
        'A key that tells of people, also a pseudonym, is masked: by the hash key of the project where it is set, else by `***`.',
      ],
      arguments: [segment],
      options: [{ flags: '--limit <n>', about: 'at most so many', integer: { min: 1 }, default: '20' }, ...asking],
      examples: [['etalon segment members vip --limit 100', 'the first hundred']],
      load: async () => (await import('../commands/segment-members.ts')).segmentMembers,
    },
    {
      name: 'attrition',
      summary:
        'for each condition: how many fail it, how many it removes in order, and for how many it alone stands in the way',
      more: [
        '`fails` counts those for whom a condition does not hold, unknown included; `removed` those that all conditions before it have left; `sole` those who would be members if it alone were dropped. ' +
          'Conditions in a group (`2.1`) remove nobody by themselves.',
      ],
      arguments: [segment],
      options: [shared.language, ...asking],
      examples: [['etalon segment attrition vip', 'which condition costs most']],
      load: async () => (await import('../commands/segment-attrition.ts')).segmentAttrition,
    },
    {
      name: 'overlap',
      summary: 'for each pair: how many are in both, in one alone, and what share that is',
      arguments: [{ name: '<segment...>', about: 'two or more segments; a split counts as its parts' }],
      options: asking,
      examples: [['etalon segment overlap vip rfm', 'which parts the VIPs are in']],
      load: async () => (await import('../commands/segment-overlap.ts')).segmentOverlap,
    },
    {
      name: 'profile',
      summary: 'how members spread over a property, set against everyone there is',
      more: [
        '`index` is the share among members over the share among everyone; 1 is as everyone. A property is a column of the entity’s properties, or lies behind relations: `customer.country`. Personal data is no property to cut by.',
      ],
      arguments: [segment],
      options: [
        { flags: '--by <property>', about: 'a column of the entity’s properties', required: true },
        { flags: '--limit <n>', about: 'at most so many rows', integer: { min: 1 }, default: '20' },
        ...asking,
      ],
      examples: [['etalon segment profile vip --by country', 'where VIPs come from']],
      load: async () => (await import('../commands/segment-profile.ts')).segmentProfile,
    },
    {
      name: 'why',
      summary:
        'for one entity: each condition with what was found and whether it holds, of a split each score, and the events that count',
      more: ['What tells of people is shown as `***`, also a pseudonym.'],
      arguments: [segment],
      options: [
        { flags: '--user <key>', about: 'the key of the entity, whatever it is called', required: true },
        {
          flags: '--evidence <n>',
          about: 'so many events that count, of each condition, newest first; 0: none',
          integer: { min: 0 },
          default: '3',
        },
        shared.language,
        ...asking,
      ],
      examples: [['etalon segment why vip --user u42', 'why u42 is or is not a VIP']],
      load: async () => (await import('../commands/segment-why.ts')).segmentWhy,
    },
    {
      name: 'history',
      summary: 'the cuts at which it was evaluated: size, who entered and who left, versions, what was restated',
      more: [
        'Restated is a cut of which something else was known before; what was known then stays in `etalon_state.segment_evaluations`.',
      ],
      arguments: [segment],
      options: [
        { flags: '--from <instant>', about: 'the first cut, `2025-01-31` or an instant' },
        { flags: '--to <instant>', about: 'to end before' },
        shared.language,
        format,
        json,
        shared.project,
        shared.target,
      ],
      examples: [['etalon segment history vip --from 2025-01-01', 'how its size has come about']],
      load: async () => (await import('../commands/segment-history.ts')).segmentHistory,
    },
    {
      name: 'explain-change',
      summary: 'why a size changed: what was learned since, what people did, another rule, a ruler that moved',
      more: [
        'Each day stands for the last cut that is not after it. The steps lead from what was known of the first cut then to what is known of the second now, so that their nets add up to the difference. ' +
          '`restatement`: the first cut by what is known now. `behaviour`: who came and who went by the first rule. `ruler`: quantiles that stand elsewhere. `rule`: the second rule in place of the first. ' +
          'Interaction says by how much more the rule changes now than it would have then, and is no part of the sum.',
      ],
      arguments: [segment],
      options: [
        { flags: '--from <instant>', about: 'a day or an instant', required: true },
        { flags: '--to <instant>', about: 'a day or an instant', required: true },
        {
          flags: '--samples <n>',
          about: 'name so many of those who came or went at each step',
          integer: { min: 0 },
          default: '3',
        },
        format,
        json,
        shared.project,
        shared.target,
      ],
      examples: [['etalon segment explain-change vip --from 2025-05-01 --to 2025-06-01', 'what happened in May']],
      load: async () => (await import('../commands/segment-explain-change.ts')).segmentExplainChange,
    },
    {
      name: 'evaluate',
      summary: 'compute a cut and remember it: one now, one in the past, or the ticks of some time',
      more: [
        'Without a flag the cut is as far as all that it reads is complete. A cut in the past is computed by the rule that stood then; what was known of it stays readable as it was. `etalon run` evaluates what is due by itself.',
      ],
      arguments: [segment],
      options: [
        { flags: '--as-of <instant>', about: 'this cut' },
        { flags: '--from <instant>', about: 'the ticks of its schedule from then on (on demand: midnights)' },
        { flags: '--to <instant>', about: 'to end before; else as far as all that it reads is complete' },
        shared.ifBusyWhole,
        shared.waitTimeout,
        shared.json,
        shared.events,
        shared.project,
        shared.target,
      ],
      examples: [
        ['etalon segment evaluate vip --as-of 2025-06-01', 'a day in the past'],
        ['etalon segment evaluate vip --from 2025-01-01 --to 2025-06-01', 'a history for a new segment'],
      ],
      load: async () => (await import('../commands/segment-evaluate.ts')).segmentEvaluate,
    },
    {
      name: 'preview',
      summary: 'size, attrition and ten members of segments that are not in the project yet',
      arguments: [{ name: '<file>', about: 'a file written as those in segments/; `-` for standard input' }],
      options: [shared.language, ...asking],
      examples: [['etalon segment preview draft.yml', 'before it is committed']],
      load: async () => (await import('../commands/segment-preview.ts')).segmentPreview,
    },
    ...exportCommands,
  ],
};
