/** What commander says of words that it cannot take, in the words of every other error: what was found, then what is there instead. */
export function describeUsage(text: string): { readonly message: string; readonly hints: readonly string[] } {
  const [line = '', ...more] = text.replace(/^error: /, '').split('\n');
  for (const [pattern, message] of wordings) {
    const match = pattern.exec(line);
    if (!match) continue;
    const [, subject = '', second = '', rest = ''] = match;
    return { message: message(subject, second), hints: [...hintsOf(rest), ...more.flatMap(hintsOf)] };
  }
  return { message: quote(line), hints: more.flatMap(hintsOf) };
}

type Wording = readonly [pattern: RegExp, message: (subject: string, second: string) => string];

const wordings: readonly Wording[] = [
  [/^option '(.+?)' argument '(.*)' is invalid\. (.*)$/, (option, value) => `\`${option}\` cannot be \`${value}\``],
  [
    /^command-argument value '(.*)' is invalid for argument '(.+?)'\. (.*)$/,
    (value, name) => `\`${name}\` cannot be \`${value}\``,
  ],
  [/^option '(.+?)' argument (missing)$/, (option) => `\`${option}\` lacks its value`],
  [/^missing required argument '(.+?)'$/, (name) => `missing: \`${name}\``],
  [/^required option '(.+?)' not specified$/, (option) => `missing: \`${option}\``],
  [/^too many arguments(?: for '(.+?)')?()\. (.*)$/, (command) => `too many words${command && ` for \`${command}\``}`],
];

function hintsOf(text: string): readonly string[] {
  if (text === '' || text === 'missing') return [];
  const near = /^\(Did you mean (?:one of )?(.+)\?\)$/.exec(text);
  if (near) return [`did you mean ${list(near[1]!, ' or ')}?`];
  const choices = /^Allowed choices are (.+)\.$/.exec(text);
  if (choices) return [`available: ${list(choices[1]!, ', ')}`];
  const count = /^Expected (\d+) arguments? but got (\d+)/.exec(text);
  return [count ? `expected: ${count[1] === '0' ? 'none' : count[1]}` : text];
}

function list(names: string, between: string): string {
  return names
    .split(', ')
    .map((name) => `\`${name}\``)
    .join(between);
}

function quote(text: string): string {
  return text.replace(/'([^']+)'/g, '`$1`');
}
