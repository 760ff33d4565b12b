#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { createOutput } from './output/output.ts';
import { runProgram } from './run-program.ts';

/** package.json stands above both `cli/` and `dist/cli/`. */
function readVersion(): string {
  for (const up of ['../package.json', '../../package.json']) {
    try {
      return JSON.parse(readFileSync(new URL(up, import.meta.url), 'utf8')).version;
    } catch {
      // Not at this height.
    }
  }
  return '0.0.0';
}

// `etalon list | head` closes our pipe: that is no fault.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(0);
  });
}

// The file that tells a fault shall show the whole way to it; ten frames end inside a recursion.
Error.stackTraceLimit = 50;

const interruption = new AbortController();
process.on('SIGINT', () => {
  // The second Ctrl-C is meant.
  if (interruption.signal.aborted) process.exit(130);
  interruption.abort();
});
process.on('SIGTERM', () => interruption.abort());

async function ask(question: string): Promise<string> {
  const { createInterface } = await import('node:readline/promises');
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await lines.question(question, { signal: interruption.signal });
  } finally {
    lines.close();
  }
}

const output = createOutput(process.stdout, process.stderr, process.env);
const code = await runProgram(process.argv.slice(2), {
  output,
  env: process.env,
  cwd: process.cwd(),
  clock: () => new Date().toISOString(),
  stopwatch: () => performance.now() / 1000,
  signal: interruption.signal,
  version: readVersion(),
  ...(process.stdin.isTTY && process.stderr.isTTY ? { ask } : {}),
});

// A pool or a WASM module may keep the loop alive; what was printed must be out before we leave.
await Promise.all([process.stdout, process.stderr].map((stream) => new Promise((done) => stream.write('', done))));
process.exit(code);
