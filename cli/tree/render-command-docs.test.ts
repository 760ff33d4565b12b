import { expect, it } from 'vitest';
import { commandTree } from './command-tree.ts';
import { renderCommandDocs } from './render-command-docs.ts';

it('docs/commands.md is what the command tree says', async () => {
  await expect(renderCommandDocs(commandTree)).toMatchFileSnapshot('../../docs/commands.md');
});

it('every command that runs has an example that begins with its own name', () => {
  for (const spec of commandTree) {
    for (const [line] of spec.examples) expect(line).toMatch(new RegExp(`^etalon ${spec.name}\\b`));
    expect(spec.examples.length).toBeGreaterThan(0);
    // `init` makes a project, and `init segment` a part of one.
    expect(Boolean(spec.load) !== Boolean(spec.commands) || spec.name === 'init').toBe(true);
  }
});

it('every command loads a function', async () => {
  const specs = commandTree.flatMap((spec) => [spec, ...(spec.commands ?? [])]);
  for (const spec of specs) if (spec.load) expect(await spec.load()).toBeTypeOf('function');
});
