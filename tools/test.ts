/**
 * Everything: the checks without root, the tests against the kernel and through the stock client, and a look at
 * the host for what they left. `--runtime=node` runs the same tests, and the daemon in them, on Node.
 * The last line is `N passed, N failed`.
 */
import { spawn } from 'node:child_process';
import { findLeaks } from './leaks.ts';
import { run } from './run.ts';

/** How long one test may take. */
const timeoutMs = 60_000 * Number(process.env.WHARF_TEST_PATIENCE ?? 1);
const onNode = process.argv.includes('--runtime=node');
const suites = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const folders =
  suites.length > 0 ? suites : ['./src', './tools', './bench', './test/integration', './test/e2e'];

if (suites.length === 0) run('bun', ['tools/check.ts', '--no-tests']);
const before = new Set(findLeaks());
for (const trace of before) console.error(`here before, of another run: ${trace}`);
const outcome = { passed: 0, failed: 0 };
for (const folder of folders) count(await runTests(folder));
for (const leak of findLeaks().filter((trace) => !before.has(trace))) {
  console.error(`left behind: ${leak}`);
  outcome.failed++;
}
console.log(`${outcome.passed} passed, ${outcome.failed} failed`);
process.exit(outcome.failed === 0 ? 0 : 1);

/** Runs one folder's tests with their output shown; a run that ends badly without a failed test counts as one. */
async function runTests(folder: string): Promise<{ passed: number; failed: number }> {
  const [command, args] = onNode ? nodeTests(folder) : bunTests(folder);
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, WHARF_TEST_RUNTIME: onNode ? 'node' : 'bun' },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      process.stdout.write(text);
    });
  }
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  const passed = sum(output, onNode ? /^ℹ pass (\d+)$/gm : /^\s*(\d+) pass$/gm);
  const failed = sum(output, onNode ? /^ℹ fail (\d+)$/gm : /^\s*(\d+) fail$/gm);
  return { passed, failed: code !== 0 && failed === 0 ? 1 : failed };
}

function bunTests(folder: string): [string, string[]] {
  return ['bun', ['test', '--timeout', String(timeoutMs), folder]];
}

function nodeTests(folder: string): [string, string[]] {
  const timeout = `--test-timeout=${timeoutMs}`;
  const flags = ['--test', '--test-isolation=none', timeout, '--test-reporter=spec'];
  return ['node', [...flags, `${folder}/**/*.test.ts`]];
}

function sum(text: string, pattern: RegExp): number {
  return [...text.matchAll(pattern)].reduce((total, [, digits]) => total + Number(digits), 0);
}

function count(result: { passed: number; failed: number }): void {
  outcome.passed += result.passed;
  outcome.failed += result.failed;
}
