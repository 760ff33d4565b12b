import { expect, it } from 'vitest';
import { createOutput } from './output.ts';

it('prints a secret as stars, as it is and as JSON spells it', () => {
  let printed = '';
  const stream = {
    write: (text: string) => {
      printed += text;
      return true;
    },
  };
  const output = createOutput(stream, stream, { NO_COLOR: '1' });
  const secret = 'with"quotes\\and more';
  output.hide(secret);
  output.hide('and more');
  output.out(`${secret}; ${JSON.stringify({ url: `postgres://${secret}@host` })}\n`);
  output.err(`${secret} and more\n`);
  expect(printed).toBe('***; {"url":"postgres://***@host"}\n*** ***\n');
});
