// The whole check: build, lint, test, then one closing line that a machine can read: `N passed, N failed[, N skipped]`.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'etalon-test-'));
const report = join(scratch, 'report.json');

const node = (...args) => spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' }).status ?? 1;

/** What vitest wrote down, or undefined where it died before it could. */
function readReport() {
  try {
    return JSON.parse(readFileSync(report, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Outcomes per test; a file that could not even be collected has no tests of its own and counts as one failure. */
function count(written, exitCode) {
  const totals = { passed: 0, failed: 0, skipped: 0 };
  for (const file of written?.testResults ?? []) {
    for (const { status } of file.assertionResults) {
      if (status === 'passed') totals.passed += 1;
      else if (status === 'failed') totals.failed += 1;
      else totals.skipped += 1;
    }
    const explained = file.assertionResults.some((test) => test.status === 'failed');
    if (file.status === 'failed' && !explained) totals.failed += 1;
  }
  // A crashed worker or an error outside any test leaves no failed test behind, only the exit code.
  if (totals.failed === 0 && (exitCode !== 0 || written === undefined || written.success === false)) totals.failed = 1;
  return totals;
}

/** On a pipe `process.exit` may cut what is still to be written, so the code is set and the line is the last thing queued. */
function finish({ passed, failed, skipped }) {
  rmSync(scratch, { recursive: true, force: true });
  process.exitCode = failed > 0 ? 1 : 0;
  process.stdout.write(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`);
}

if (node('scripts/build.mjs') !== 0) {
  finish({ passed: 0, failed: 1, skipped: 0 });
} else {
  const lint = node('node_modules/@biomejs/biome/bin/biome', 'check', '.');
  const only = process.argv.slice(2);
  const flags = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const exitCode = node('node_modules/vitest/vitest.mjs', 'run', ...flags, ...only);
  const totals = count(readReport(), exitCode);
  finish({ ...totals, failed: totals.failed + (lint === 0 ? 0 : 1) });
}
