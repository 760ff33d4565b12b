import type { Manifest, ManifestActivity } from '../../compiler/index.ts';

export const templates = ['rfm', 'behaviour', 'attribute'] as const;
export type Template = (typeof templates)[number];

/** A file to begin with, and what in it is a guess. */
export interface TemplateText {
  readonly text: string;
  readonly edit: readonly string[];
}

/** What the project lacks, in words. */
export interface TemplateObstacle {
  readonly message: string;
  readonly hint: string;
}

/** A segment over what the project has: its entity, its activities, its properties. The numbers are guesses, and each says so. */
export function writeTemplate(manifest: Manifest, template: Template, name: string): TemplateText | TemplateObstacle {
  const entity =
    manifest.project.entities.find(({ attributes }) => attributes !== undefined) ?? manifest.project.entities[0];
  if (!entity)
    return {
      message: 'a segment is a set of entities, and the project declares none',
      hint: 'add to project.yml: `entities: {user: {key: user_id, attributes: marts.users}}`',
    };
  const own = manifest.activities.filter(
    (activity) => activity.entity === entity.name && activity.notComputed === undefined,
  );
  const exclude = manifest.project.exclusions.filter((one) => one.entity === entity.name).map((one) => one.name);
  const tail = exclude.length > 0 ? `    exclude: [${exclude.join(', ')}]\n` : '';
  const head = (title: string, comment: string) =>
    `# ${comment}\nsegments:\n  ${name}:\n    title: ${title}\n    description: Say here who they are, in a sentence.\n    entity: ${entity.name}\n    owner: somebody@example.com\n    status: draft # production, once it is reviewed: a draft is never exported\n`;
  const common = ['the description and the owner', ...(exclude.length > 0 ? ['`exclude`: whom to leave out'] : [])];
  switch (template) {
    case 'rfm':
      return rfm(own, head, tail, common) ?? noActivity(entity.name);
    case 'behaviour':
      return behaviour(own, head, tail, common) ?? noActivity(entity.name);
    case 'attribute':
      return attribute(manifest, entity.attributes, head, tail, common) ?? noProperty(entity);
  }
}

type Head = (title: string, comment: string) => string;

function noActivity(entity: string): TemplateObstacle {
  return {
    message: `nothing is known of what a \`${entity}\` does`,
    hint: `add an activity to a file in metrics/: \`activities: {purchase: {from: marts.orders, entity: ${entity}, time: paid_at, value: amount}}\``,
  };
}

function noProperty({ name, attributes }: { readonly name: string; readonly attributes?: string }): TemplateObstacle {
  return attributes === undefined
    ? {
        message: `a \`${name}\` has no properties`,
        hint: `add \`attributes:\` to \`${name}\` in project.yml: the model with its properties`,
      }
    : {
        message: `\`${attributes}\` has no text column to choose by that is not personal`,
        hint: 'write a `property:` condition by hand: docs/segments.md',
      };
}

/** What is worth something, best a purchase. */
function chooseActivity(own: readonly ManifestActivity[], needsValue: boolean): ManifestActivity | undefined {
  const fitting = needsValue ? own.filter(({ value }) => value !== undefined) : own;
  return fitting.find(({ name }) => /purchase|order|buy|paid/.test(name)) ?? fitting[0];
}

function rfm(
  own: readonly ManifestActivity[],
  head: Head,
  tail: string,
  common: readonly string[],
): TemplateText | undefined {
  const priced = chooseActivity(own, true);
  const activity = priced ?? chooseActivity(own, false);
  if (!activity) return undefined;
  const monetary = priced ? ', monetary: [50, 200, 500]' : '';
  const champions = priced ? 'r = 4 and f >= 3 and m >= 3' : 'r = 4 and f >= 3';
  return {
    text: `${head('By recency and frequency', 'Everyone with the activity gets a score for how lately, how often and for how much: 1 is the lowest. The first part that fits is theirs.')}    split:
      rfm: {activity: ${activity.name}, within: 365 days, recency: [30, 90, 180], frequency: [2, 4, 10]${monetary}}
      parts:
        champions: ${champions}
        new: r = 4 and f = 1
        sleeping: r <= 2 and f >= 2
        others: else
${tail}`,
    edit: [
      `\`activity\`: \`${activity.name}\` is a guess`,
      'the cuts: days since the last one, how many, what they are worth',
      'the parts',
      ...common,
    ],
  };
}

function behaviour(
  own: readonly ManifestActivity[],
  head: Head,
  tail: string,
  common: readonly string[],
): TemplateText | undefined {
  const activity = chooseActivity(own, false);
  if (!activity) return undefined;
  return {
    text: `${head('Did it often, and not lately', 'What somebody did and did not do. Each condition is yes, no or unknown: `etalon segment attrition` says which one costs whom.')}    where:
      all:
        - {did: ${activity.name}, times: ">= 3", within: 90 days}
        - {did_not: ${activity.name}, within: 14 days}
${tail}`,
    edit: [`\`did\`: \`${activity.name}\` is a guess`, 'how often, and in which time', ...common],
  };
}

function attribute(
  { models }: Manifest,
  attributes: string | undefined,
  head: Head,
  tail: string,
  common: readonly string[],
): TemplateText | undefined {
  const model = models.find(({ name }) => name === attributes);
  const column = model?.columns.find(
    ({ name, type, personal }) => type === 'text' && (personal?.tags.length ?? 0) === 0 && !model.key.includes(name),
  );
  if (!column) return undefined;
  return {
    text: `${head('By what they are', 'What somebody is, as of today. A property that is missing is unknown, and unknown is not in the segment.')}    where: {property: "${column.name} in ('one', 'another')"}
${tail}`,
    edit: [`\`property\`: the values of \`${column.name}\`, or another column of \`${model!.name}\``, ...common],
  };
}
