import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EngineError } from '#base';
import type { Fakes } from './testing/fake-parts.ts';
import { serveFakes } from './testing/serve-fakes.ts';

const api = serveFakes();

test('ping tells the version to negotiate with, without a version in its path', async () => {
  const { status, headers, body } = await api.call('GET', '/_ping');
  assert.equal(status, 200);
  assert.equal(body, 'OK');
  assert.equal(headers['api-version'], '1.51');
  assert.equal(headers['docker-experimental'], 'false');
  assert.equal(headers.ostype, 'linux');
  assert.equal(headers.server, 'Docker/0.0.1 (linux)');
  assert.equal(headers['cache-control'], 'no-cache, no-store, must-revalidate');
  const head = await api.call('HEAD', '/_ping');
  assert.equal(head.headers['content-length'], '0');
  assert.equal(head.headers.swarm, 'inactive');
});

const errorCases = [
  ['an unknown path', 'GET', '/v1.44/nothing', 404, 'page not found'],
  ['a known path with another method', 'DELETE', '/info', 404, 'page not found'],
  [
    'a version that is too new',
    'GET',
    '/v1.99/info',
    400,
    'client version 1.99 is too new. Maximum supported API version is 1.51',
  ],
  [
    'a version that is too old',
    'GET',
    '/v1.10/info',
    400,
    'client version 1.10 is too old. Minimum supported API version is 1.24, please upgrade your client to a newer version',
  ],
  [
    'a swarm resource',
    'GET',
    '/v1.44/services?x=1',
    503,
    'This node is not a swarm manager. Use "docker swarm init" or "docker swarm join" to connect this node to swarm and try again.',
  ],
  ['a bad escape', 'GET', '/containers/%zz/json', 400, 'invalid URL escape in "/containers/%zz/json"'],
  [
    'a size that is missing',
    'POST',
    '/containers/a/resize?w=1',
    400,
    'invalid resize height "": invalid syntax',
  ],
  ['no log stream', 'GET', '/containers/a/logs', 400, 'Bad parameters: you must choose at least one stream'],
  ['a filter that is no object', 'GET', '/containers/json?filters=[]', 400, 'invalid filter'],
] as const;
for (const [name, method, path, status, message] of errorCases) {
  test(`createDockerApi() answers ${name} with ${status} and the exact error form`, async () => {
    const answer = await api.call(method, path);
    assert.equal(answer.status, status);
    assert.equal(answer.headers['content-type'], 'application/json');
    assert.equal(answer.body, `${JSON.stringify({ message })}\n`);
  });
}

test('every error kind has its status, and notModified no body', async () => {
  const kinds = {
    notFound: 404,
    conflict: 409,
    forbidden: 403,
    internal: 500,
    notImplemented: 501,
    notModified: 304,
  };
  for (const [kind, status] of Object.entries(kinds)) {
    api.fakes = {
      containers: {
        start: async () => {
          throw new EngineError(kind as 'conflict', 'No such container: x');
        },
      },
    };
    const answer = await api.call('POST', '/v1.51/containers/x/start');
    assert.equal(answer.status, status);
    assert.equal(answer.body, kind === 'notModified' ? '' : '{"message":"No such container: x"}\n');
  }
});

test('OPTIONS is answered anywhere', async () => {
  assert.equal((await api.call('OPTIONS', '/anything')).status, 200);
});

test('containerCreate passes the decoded request, name and platform on', async () => {
  let seen: unknown;
  api.fakes = {
    containers: {
      create: async (request, options) => {
        seen = [request.Image, request.Cmd, request.HostConfig.Memory, options];
        return { id: 'f'.repeat(64), warnings: [] };
      },
    } as Fakes['containers'] & object,
  };
  const body = { IMAGE: 'busybox', cmd: 'ls', HostConfig: { memory: 7 }, Unknown: 1 };
  const answer = await api.call('POST', '/v1.44/containers/create?name=a&platform=linux/amd64', body);
  assert.equal(answer.status, 201);
  assert.deepEqual(JSON.parse(answer.body), { Id: 'f'.repeat(64), Warnings: [] });
  assert.deepEqual(seen, ['busybox', ['ls'], 7, { name: 'a', platform: 'linux/amd64' }]);
  await api.call('POST', '/v1.43/containers/create', body);
  assert.deepEqual(seen, ['busybox', ['ls'], 7, { sparesBelow: true }]);
});

test('containerCreate refuses mounts that the client’s version could not ask for', async () => {
  const withMount = (mount: object) => ({ Image: 'busybox', HostConfig: { Mounts: [mount] } });
  const forced = withMount({ Type: 'bind', BindOptions: { ReadOnlyForceRecursive: true } });
  const { body } = await api.call('POST', '/v1.43/containers/create', forced);
  assert.match(body, /"BindOptions\.ReadOnlyForceRecursive needs API v1\.44 or newer"/);
  const part = withMount({ Type: 'volume', VolumeOptions: { Subpath: 'a' } });
  const old = await api.call('POST', '/v1.44/containers/create', part);
  assert.match(old.body, /"VolumeOptions\.Subpath needs API v1\.45 or newer"/);
});

test('containerCreate refuses another content type and a wrong field type', async () => {
  const text = await api.call('POST', '/containers/create', '{}', { 'Content-Type': 'text/plain' });
  assert.equal(
    text.body,
    '{"message":"unsupported Content-Type header (text/plain): must be \'application/json\'"}\n',
  );
  const wrong = await api.call('POST', '/containers/create', { HostConfig: { Memory: 'much' } });
  assert.equal(wrong.status, 400);
  assert.match(wrong.body, /invalid JSON: json: cannot unmarshal string into Go struct field HostConfig\./);
});
