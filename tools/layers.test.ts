import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findViolations } from './layers.ts';

test('findViolations() allows a door further down and a path inside the room', () => {
  assert.deepEqual(
    findViolations('src/task/client.ts', "import { a } from '#base';\nimport { b } from './b.ts';"),
    [],
  );
});

test('findViolations() refuses a door further up', () => {
  assert.match(
    findViolations('src/task/client.ts', "import { a } from '#engine/images';")[0] ?? '',
    /above it/,
  );
});

test('findViolations() refuses a path into another room', () => {
  assert.match(
    findViolations('src/task/client.ts', "import { a } from '../base/errors.ts';")[0] ?? '',
    /past the door/,
  );
});

test('findViolations() keeps the client program away from the engine', () => {
  assert.match(findViolations('src/cli/main.ts', "import { a } from '#linux';")[0] ?? '', /may not import/);
});
