import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readPlatforms } from './platforms.ts';

const read = (...texts: string[]) =>
  readPlatforms(new URLSearchParams(texts.map((text): [string, string] => ['platform', text])));

test('readPlatforms() reads objects as the OCI describes them', () => {
  assert.deepEqual(read(), []);
  assert.deepEqual(read(''), []);
  assert.deepEqual(
    read('{"os":"linux","architecture":"arm64","variant":"v8"}', '{"os":"Linux","architecture":"x86_64"}'),
    [
      { os: 'linux', architecture: 'arm64', variant: 'v8' },
      { os: 'linux', architecture: 'amd64' },
    ],
  );
});

test('readPlatforms() refuses in Docker’s words', () => {
  const refusals: readonly (readonly [string, RegExp])[] = [
    ['x', /^EngineError: failed to parse platform: /],
    ['5', /^EngineError: failed to parse platform: /],
    ['null', /^EngineError: failed to parse platform: /],
    ['{}', /both OS and Architecture must be provided$/],
    ['{"os":"linux","variant":"v8"}', /both OS and Architecture must be provided$/],
    ['{"variant":"v8"}', /optional platform fields provided, but OS and Architecture are missing$/],
  ];
  for (const [text, refusal] of refusals) assert.throws(() => read(text), refusal, text);
});
