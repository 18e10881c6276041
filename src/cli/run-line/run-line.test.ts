import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { commandWords } from './command-words.ts';
import { healthWords } from './health-words.ts';
import { csvLine, shellWords } from './quote.ts';

test('shellWords() gives a shell the same words again, whatever is in them', () => {
  const words = ['plain', '', 'two words', "o'clock", '$HOME `id` "x" \\', 'line\nline', '*', '~', '-n'];
  const program = 'for word in "$@"; do printf "%s\\0" "$word"; done';
  const line = `set -- ${shellWords(words)}; ${program}`;
  const heard = execFileSync('bash', ['-c', line], { encoding: 'utf8' });
  assert.deepEqual(heard.split('\0').slice(0, -1), words);
});

test('shellWords() hands the content of a file over as a file', () => {
  const content = `{"a": "it's"}\n`;
  const line = `cat ${shellWords([{ before: '', content }])}`;
  assert.equal(execFileSync('bash', ['-c', line], { encoding: 'utf8' }), content);
});

test('csvLine() quotes what would be two fields', () => {
  assert.equal(
    csvLine(['type=bind', 'source=/a,b', 'target=/"c"']),
    'type=bind,"source=/a,b","target=/""c"""',
  );
});

const config = (entrypoint: string[] | null, command: string[] | null) =>
  ({ Entrypoint: entrypoint, Cmd: command }) as Parameters<typeof commandWords>[0];

test('commandWords() leaves out what the image has', () => {
  const image = { Entrypoint: ['run'], Cmd: ['-a'] };
  assert.deepEqual(commandWords(config(['run'], ['-a']), image), { entrypoint: [], words: [] });
  assert.deepEqual(commandWords(config(['run'], ['-b']), image), { entrypoint: [], words: ['-b'] });
});

test('commandWords() names an entrypoint that lost its command, was taken away or has several words', () => {
  const image = { Entrypoint: ['run'], Cmd: ['-a'] };
  const said = (entrypoint: string, ...words: string[]) => ({
    entrypoint: ['--entrypoint', entrypoint],
    words,
  });
  assert.deepEqual(commandWords(config(['run'], null), image), said('run'));
  assert.deepEqual(commandWords(config(null, ['sh']), image), said('', 'sh'));
  assert.deepEqual(commandWords(config(['sh', '-c'], ['x']), image), said('sh', '-c', 'x'));
});

test('healthWords() says what differs from the image, in whole units', () => {
  const image = { Test: ['CMD', 'true'], Interval: 30e9, Retries: 3 };
  assert.deepEqual(healthWords({ ...image, Interval: 90e9, Timeout: 1_500_000_000 }, image), [
    '--health-interval',
    '90s',
    '--health-timeout',
    '1500ms',
  ]);
  assert.deepEqual(healthWords({ Test: ['NONE'] }, image), ['--no-healthcheck']);
  assert.deepEqual(healthWords({ Test: ['CMD', 'a b', 'c'] }), ['--health-cmd', "'a b' c"]);
});
