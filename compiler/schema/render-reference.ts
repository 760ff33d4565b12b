import { cohortFormSchemas } from './cohort-form-schemas.ts';
import { describeSchema, resolveRef, typesOf } from './describe-schema.ts';
import { schemaDefinitions } from './document-kinds.ts';
import { type JsonSchema, writtenValue } from './json-schema.ts';
import { plainMetricSchema } from './metrics-schema.ts';
import type { ReferenceSection } from './reference-sections.ts';
import { referenceSections } from './reference-sections.ts';
import { renderYaml } from './render-yaml.ts';

/** The language reference (`docs/language.md`), made from the schemas, so that it cannot say anything else than what the compiler accepts. */
export function renderReference(): string {
  const parts = [introduction, ...referenceSections.map(renderSection), renderForms(), renderShared()];
  return `${parts.join('\n\n')}\n`;
}

const introduction = `# The definition language, version 1

<!-- Made from the JSON Schemas by compiler/schema/render-reference.ts. Edit those, then run the test of that file with \`-u\`. -->

Everything that Etalon computes is defined in YAML and SQL files, in folders of fixed meaning. This page lists every key of every kind of file: its type, its default and what it means. A key in
**bold** is needed. An unknown key, an option that the chosen form does not use and a name that leads nowhere are errors.

| files | hold |
|---|---|
| \`project.yml\` | calendar, entities, exclusions, targets |
| \`models/raw/*.yml\` | sources, as they arrive |
| \`models/clean/*.yml\`, \`.sql\` | typed, deduplicated, normalised rows |
| \`models/marts/*.yml\`, \`.sql\` | facts, dimensions, aggregates |
| \`metrics/*.yml\` | activities, cohorts, metrics |
| \`segments/*.yml\` | segments |
| \`tests/data/*.yml\`, \`.sql\` | tests that span models |

A model's name is its path: \`models/clean/events.yml\` is \`clean.events\`; folders below a layer are for people and not part of the name. Names match \`^[a-z][a-z0-9_]{0,62}$\`. Expressions and queries are
PostgreSQL, whatever the target. YAML is version 1.2: dates, \`yes\` and \`on\` are text; a value that holds \`: \`, \` #\` or a leading quote stands in quotes. Anchors, aliases and tags are not read.`;

function renderSection({ title, place, schema, more }: ReferenceSection): string {
  const head = `## ${title}\n\n${place}\n\n${resolveRef(schema).description ?? ''}`;
  const blocks = [head, ...examplesOf(schema), ...renderTables(schema)];
  for (const part of more) blocks.push(renderPart(part.title, part.schema, part.within));
  return blocks.join('\n\n');
}

function examplesOf(schema: JsonSchema): string[] {
  return (resolveRef(schema).examples ?? []).slice(0, 1).map((example) => fence(example));
}

function fence(value: unknown): string {
  return `\`\`\`yaml\n${renderYaml(value)}\n\`\`\``;
}

/** A part of a file, with an example that stands where the part would. */
function renderPart(title: string, schema: JsonSchema, within: (example: unknown) => unknown): string {
  const { description, examples = [] } = resolveRef(schema);
  const shown = examples.filter((example) => typeof example === 'object' && example !== null).slice(0, 3);
  const fences = shown.map((example) => fence(within(example)));
  const blocks = [
    `### ${title}`,
    description ?? '',
    ...fences,
    ...renderTables(schema, (example) => fence(within(example))).filter((block) => !fences.includes(block)),
  ];
  return blocks.filter((block) => block !== '').join('\n\n');
}

function renderForms(): string {
  const blocks = [
    '## Cohort forms',
    'A metric with one of these keys in place of `is`. Each has a page with its rules and a worked example in [forms](forms/README.md).',
  ];
  for (const [form, schema] of Object.entries(cohortFormSchemas)) {
    blocks.push(renderPart(`\`${form}\``, schema, (example) => ({ metrics: { [`my_${form}`]: { [form]: example } } })));
  }
  return blocks.join('\n\n');
}

/** The tables of a form's knobs alone, for the page about it; `plain` is a metric with `is`. */
export function renderFormKnobs(form: string): string {
  return renderTables(form === 'plain' ? plainMetricSchema : cohortFormSchemas[form]!)
    .filter((block) => block !== '')
    .join('\n\n');
}

const sharedNames = ['sql', 'name', 'model', 'columns', 'duration', 'share', 'allowance'];

function renderShared(): string {
  const rows = sharedNames.map((name) => {
    const schema = schemaDefinitions[name]!;
    const examples = (schema.examples ?? [])
      .map((example) => `\`${JSON.stringify(example).replace(/^"(.*)"$/, '$1')}\``)
      .join(', ');
    return `| ${cell(describeSchema(schema))} | ${cell(schema.description ?? '')} | ${cell(examples)} |`;
  });
  return ['## Values that stand in many places', '', '| value | meaning | examples |', '|---|---|---|', ...rows].join(
    '\n',
  );
}

/** One table, or one for each form that a value may take, with an example of the form. */
function renderTables(given: JsonSchema, show: (example: unknown) => string = () => ''): string[] {
  const schema = resolveRef(given);
  if (schema.properties) return [renderTable(schema)];
  const forms = (schema.anyOf ?? []).map(resolveRef).filter((form) => form.properties);
  if (forms.length === 1 && schema.anyOf?.length === 1) return renderTables(forms[0]!);
  return forms.flatMap((form) => {
    const example = form.examples?.[0];
    return [`**${capital(describeSchema(form))}**`, example === undefined ? '' : show(example), renderTable(form)];
  });
}

function renderTable(schema: JsonSchema): string {
  const rows = Object.entries(schema.properties ?? {}).flatMap(([key, value]) =>
    rowsOf(key, value, schema.required?.includes(key) ?? false, 0),
  );
  return ['| key | type | default | meaning |', '|---|---|---|---|', ...rows].join('\n');
}

/** A key and, where it has few keys of its own, those below it. */
function rowsOf(path: string, given: JsonSchema, required: boolean, depth: number): string[] {
  const schema = unwrap(given);
  const name = required ? `**\`${path}\`**` : `\`${path}\``;
  const fallback = given.default ?? schema.default;
  const shown =
    fallback === undefined ? '' : `\`${typeof fallback === 'string' ? fallback : JSON.stringify(fallback)}\``;
  const row = `| ${name} | ${cell(typeWords(schema))} | ${shown} | ${cell(given.description ?? schema.description ?? '')} |`;
  const below = depth < 2 && schema.properties ? Object.entries(schema.properties) : [];
  return [
    row,
    ...below.flatMap(([key, value]) =>
      rowsOf(`${path}.${key}`, value, schema.required?.includes(key) ?? false, depth + 1),
    ),
  ];
}

function unwrap(given: JsonSchema): JsonSchema {
  const schema = resolveRef(given);
  return schema.anyOf?.length === 1 ? unwrap(schema.anyOf[0]!) : schema;
}

function typeWords(schema: JsonSchema): string {
  if (schema.enum) return schema.enum.map((value) => `\`${writtenValue(value)}\``).join(', ');
  if (schema.title !== undefined || schema.anyOf) return describeSchema(schema).replace(/^an? /, '');
  return typesOf(schema).length > 0 ? describeSchema(schema).replace(/^an? /, '') : '';
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
