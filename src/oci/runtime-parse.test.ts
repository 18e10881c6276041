import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EngineError } from '#base';
import { parseRuntimeSpec } from './runtime-parse.ts';

const minimal = { ociVersion: '1.2.0', process: { args: ['true'], cwd: '/' } };

function refusal(spec: unknown): string {
  try {
    parseRuntimeSpec(typeof spec === 'string' ? spec : JSON.stringify(spec));
  } catch (error) {
    if (error instanceof EngineError && error.kind === 'invalid') return error.message;
    throw error;
  }
  return 'accepted';
}

test('parseRuntimeSpec() keeps what it knows, drops what it does not, and reads null as absent', () => {
  const spec = {
    ...minimal,
    mounts: null,
    windows: {},
    linux: { namespaces: [{ type: 'pid', path: null }] },
  };
  assert.deepEqual(parseRuntimeSpec(JSON.stringify(spec)), {
    ...minimal,
    linux: { namespaces: [{ type: 'pid' }] },
  });
});

test('parseRuntimeSpec() names the field that is wrong', () => {
  const args = { ...minimal, process: { args: ['sh', 5], cwd: '/' } };
  assert.equal(refusal(args), 'invalid OCI configuration: process.args[1] is not a string');
  const missing = { ...minimal, root: {} };
  assert.equal(refusal(missing), 'invalid OCI configuration: root.path is not a value');
  const namespace = { ...minimal, linux: { namespaces: [{ type: 'mars' }] } };
  assert.match(refusal(namespace), /linux\.namespaces\[0\]\.type is not one of pid, network/);
});

test('parseRuntimeSpec() refuses other versions of the specification and what is not JSON', () => {
  assert.equal(refusal({ ...minimal, ociVersion: '2.0.0' }), 'unsupported OCI version 2.0.0');
  assert.equal(refusal('{'), 'invalid OCI configuration: not JSON');
  assert.equal(refusal('[]'), 'invalid OCI configuration: it is not an object');
});
