import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

const sources = new URL('..', import.meta.url);

/** What belongs to one process, which may not be the caller's. */
const ownProcess = /(?<![-\w])process\.(?!getBuiltinModule|platform|arch|pid\b|execPath)\w+/g;

/** Files whose matter is this very process: its streams and its terminal, and the process that stays. */
const own = ['caller/own-process.ts', 'stream/signals.ts', 'stream/terminal.ts', 'warm/command.ts'];

test('commands know the process that called them by session.caller only', () => {
  const files = readdirSync(sources, { recursive: true, encoding: 'utf8' }).filter(
    (file) => /(?<!\.test)\.ts$/.test(file) && !file.startsWith('testing/') && !own.includes(file),
  );
  const found = files.flatMap((file) => {
    const code = readFileSync(new URL(file, sources), 'utf8').replace(/\/\*\*?[\s\S]*?\*\/|\/\/.*/g, '');
    return [...code.matchAll(ownProcess)].map(([word]) => `${file}: ${word}`);
  });
  assert.deepEqual(found, []);
});
