import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findTarget, outlineStage } from './outline.ts';
import { parseDockerfile } from './parse.ts';

const file = parseDockerfile(
  [
    'ARG BASE=a',
    'FROM a AS One',
    '# TOKEN_ID of the mirror',
    'ARG TOKEN_ID',
    'RUN --mount=type=secret,id=t --mount=type=ssh --mount=type=cache,target=/c x',
    'FROM b AS other',
    'ARG UNUSED',
    'FROM $BASE AS last',
    'RUN --mount=from=one,target=/o --mount=type=secret,target=/k/t,required=true x',
  ].join('\n'),
);

test('findTarget() knows names, numbers and the last stage', () => {
  const indexes = ['ONE', '1', '', 'none', '7'].map((name) => findTarget(file.stages, name)?.index);
  assert.deepEqual(indexes, [0, 1, 2, undefined, undefined]);
});

test('outlineStage() tells what a stage and those that it needs take', () => {
  const last = file.stages[2];
  assert.ok(last);
  const { args, secrets, ssh, caches } = outlineStage(file, last, { TOKEN_ID: '5' });
  assert.deepEqual(
    args.map(({ name, value, description }) => [name, value, description]),
    [
      ['BASE', 'a', undefined],
      ['TOKEN_ID', '5', 'of the mirror'],
    ],
  );
  assert.deepEqual(secrets, [{ id: 't', required: true, range: { start: 5, end: 5 } }]);
  assert.deepEqual([ssh.map(({ id }) => id), caches.map(({ id }) => id)], [['default'], ['/c']]);
});
