import type { ColumnBody, ColumnDefinition } from '../../definition/model.ts';
import { formatType, parseType } from '../../definition/type-name.ts';
import { type Diagnostic, diagnostic } from '../../diagnostic/diagnostic.ts';
import { suggestNames } from '../../diagnostic/nearest-name.ts';
import { canonicalType } from '../canonical-type.ts';
import { daySql } from '../period.ts';
import type { ModelContext, ModelPlan, PlannedColumn } from '../plan-model.ts';
import { identifier as id, textLiteral } from '../sql-text.ts';
import { type CleanColumn, type CompanionPlan, ownColumn } from './clean-column.ts';

type MoneyBody = Extract<ColumnBody, { form: 'money' }>;

/** Where rates stand: how much of the project's currency one unit of another is worth, from when on. */
interface Rates {
  readonly model: string;
  readonly currency: string;
  readonly since: PlannedColumn;
  readonly rate: PlannedColumn;
}

/**
 * An amount in the project's currency, by the latest rate at or before its day, rounded half away from zero to the column's scale. The amount and the currency as they came stand beside
 * it. A row with an amount and without a rate is refused.
 */
export function planMoney(
  model: string,
  column: ColumnDefinition,
  body: MoneyBody,
  upstream: ModelPlan,
  context: ModelContext,
  diagnostics: Diagnostic[],
): CleanColumn | undefined {
  const { currency: project, calendar } = context.project;
  if (project === undefined) {
    const hints = ['add `currency: EUR` to project.yml'];
    diagnostics.push(diagnostic('E1202', '`money` needs the currency of the project', { span: column.span, hints }));
    return undefined;
  }
  const [amount, currency, at] = [body.amount, body.currency, body.at].map((name) =>
    findColumn(name, upstream, column, diagnostics),
  );
  const rates = findRates(body, context, diagnostics);
  if (!amount || !currency || !at || !rates) return undefined;
  const problem = whyNoMoney(amount, at);
  if (problem !== undefined) {
    diagnostics.push(
      diagnostic('E1407', problem, { span: column.span, hints: ['give it that type in the model that it comes from'] }),
    );
    return undefined;
  }
  const type = column.type ? formatType(column.type) : 'decimal(18,2)';
  const parsed = parseType(type);
  const scale = parsed?.name === 'decimal' ? parsed.scale : 2;
  const table = ratesTable(`${model}__${column.name}_rates`, rates);
  const r = `etalon_rate_${column.name}`;
  const own = ownColumn(amount.name);
  const isOwn = `${ownColumn(currency.name)} = ${textLiteral(project)}`;
  const value = `case when ${isOwn} then round(${own}, ${scale}) else round(${own} * ${rateOf(`${id(r)}.rate`, amount, rates.rate)}, ${scale}) end`;
  const reason = `\`${column.name}\`: no exchange rate in ${rates.model}${body.maxAge === undefined ? '' : ` of the last ${body.maxAge}`}`;
  return {
    name: column.name,
    type,
    expression: `money(${amount.name}, ${currency.name}, ${at.name})`,
    sources: [
      { model: upstream.name, column: amount.name, how: 'changed' },
      { model: upstream.name, column: currency.name, how: 'changed' },
      { model: rates.model, column: rates.rate.name, how: 'changed' },
    ],
    qualified: `cast(${value} as ${canonicalType(type)})`,
    companion: table,
    joins: [rateJoin(r, table.name, rates.since, body, at, calendar.timezone, ownColumn(currency.name))],
    rejections: [{ condition: `(${own} is not null and (${value}) is null)`, reason }],
    beside: [
      original(`${column.name}_original`, amount, upstream),
      original(`${column.name}_currency`, currency, upstream),
    ],
  };
}

/** No engine multiplies decimals of more than 38 digits in all. */
function rateOf(sql: string, amount: PlannedColumn, rate: PlannedColumn): string {
  const [a, b] = [amount, rate].map(({ type }) => parseType(type ?? ''));
  const width = a?.name === 'decimal' ? a.precision : 19;
  if (b?.name !== 'decimal' || width + b.precision <= 38) return sql;
  return `cast(${sql} as ${canonicalType(`decimal(${38 - width},${Math.min(b.scale, 38 - width)})`)})`;
}

function original(name: string, column: PlannedColumn, upstream: ModelPlan): CleanColumn {
  return {
    name,
    description: `\`${column.name}\` as it came.`,
    ...(column.type === undefined ? {} : { type: column.type }),
    sources: [{ model: upstream.name, column: column.name, how: 'same' }],
    qualified: ownColumn(column.name),
  };
}

/** Rates with the time that each holds for, until the next of its currency: a table of its own, so that a new rate touches what it is the rate of and no more. */
function ratesTable(name: string, { model, currency, since, rate }: Rates): CompanionPlan {
  const [c, day, value] = [id(currency), id(since.name), id(rate.name)];
  const known = `select ${c} as currency, ${day} as since, max(${value}) as rate from ${model} where ${c} is not null and ${day} is not null and ${value} is not null group by ${c}, ${day}`;
  const time = since.type === undefined ? {} : { type: since.type };
  const from = (column: string) => [{ model, column, how: 'same' as const }];
  return {
    name,
    what: 'rates',
    description: `Rates of \`${model}\` with the time that each holds for: until the next one of its currency.`,
    sql: `select currency, since, lead(since) over (partition by currency order by since) as until, rate from (${known}) as known`,
    columns: [
      { name: 'currency', description: 'The currency.', type: 'text', sources: from(currency) },
      { name: 'since', description: 'From when on the rate holds.', ...time, sources: from(since.name) },
      {
        name: 'until',
        description: 'When the next one begins; empty for the last.',
        ...time,
        sources: from(since.name),
      },
      {
        name: 'rate',
        description: 'Units of the project’s currency for one unit.',
        ...(rate.type === undefined ? {} : { type: rate.type }),
        sources: from(rate.name),
      },
    ],
    key: ['currency', 'since'],
    reads: [model],
  };
}

function rateJoin(
  name: string,
  table: string,
  since: PlannedColumn,
  body: MoneyBody,
  at: PlannedColumn,
  zone: string,
  ownCurrency: string,
): string {
  const isDay = since.type === 'date';
  const type = isDay ? 'timestamp' : 'timestamptz';
  const when = isDay
    ? daySql({ sql: ownColumn(at.name), type: at.type === 'date' ? 'date' : 'timestamp', zone: textLiteral(zone) })
    : ownColumn(at.name);
  const r = id(name);
  const never = isDay ? "date '9999-12-31'" : "timestamptz '9999-12-31 00:00:00+00'";
  const age =
    body.maxAge === undefined
      ? ''
      : ` and cast(${when} as ${type}) <= cast(${r}.since as ${type}) + interval ${textLiteral(body.maxAge)}`;
  return `left join ${table} as ${r} on ${r}.currency = ${ownCurrency} and ${when} >= ${r}.since and ${when} < coalesce(${r}.until, ${never})${age}`;
}

function whyNoMoney(amount: PlannedColumn, at: PlannedColumn): string | undefined {
  if (amount.type !== undefined && !/^(decimal|integer)/.test(amount.type))
    return `\`${amount.name}\` is ${amount.type}, and money is decimal, never floating`;
  if (at.type !== 'date' && at.type !== 'timestamp')
    return `\`${at.name}\` is ${at.type ?? 'of no known type'}, and the day of a rate is a timestamp or a date`;
  return undefined;
}

function findColumn(
  name: string,
  upstream: ModelPlan,
  column: ColumnDefinition,
  diagnostics: Diagnostic[],
): PlannedColumn | undefined {
  const found = upstream.columns.find((one) => one.name === name);
  if (found) return found;
  const hints = suggestNames(
    name,
    upstream.columns.map((one) => one.name),
  );
  diagnostics.push(diagnostic('E1305', `\`${upstream.name}\` has no column \`${name}\``, { span: column.span, hints }));
  return undefined;
}

/** The columns of a model of rates by what they are: one text, one time, one number. */
function findRates(body: MoneyBody, context: ModelContext, diagnostics: Diagnostic[]): Rates | undefined {
  const model = context.planned.get(body.rates.value);
  if (!model) return undefined; // said by resolve
  const pick = (what: string, fits: (column: PlannedColumn) => boolean, preferred?: string) => {
    const all = model.columns.filter(fits);
    const found = all.find(({ name }) => name === preferred) ?? (all.length === 1 ? all[0] : undefined);
    if (!found) {
      const message = `\`${model.name}\` has ${all.length === 0 ? 'no' : 'more than one'} ${what}${all.length === 0 ? '' : `: ${all.map(({ name }) => `\`${name}\``).join(', ')}`}`;
      const hints = [
        'rates are a model with one currency (text), one day or time that the rate holds from, and one decimal: units of the project’s currency for one unit',
      ];
      diagnostics.push(diagnostic('E1407', message, { span: body.rates.span, hints }));
    }
    return found;
  };
  const currency = pick('text, the currency', ({ type }) => type === 'text', body.currency);
  const arrival = model.definition.form === 'source' ? model.definition.loadedAt : undefined;
  const since = pick(
    'date or time that a rate holds from',
    ({ type, name }) => (type === 'date' || type === 'timestamp') && name !== arrival,
    model.time,
  );
  const rate = pick('decimal, the rate', ({ type }) => type?.startsWith('decimal') === true);
  return currency && since && rate ? { model: model.name, currency: currency.name, since, rate } : undefined;
}
