import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { before, describe, test } from 'node:test';
import { busyboxImage } from '../fixtures/busybox.ts';
import { exchange } from '../testing/exchange.ts';
import { eventually } from '../testing/programs.ts';
import { useWharf } from '../testing/use-wharf.ts';

/** The rules that hold for every route, by their numbers in the API's description. */
describe('the protocol', () => {
  const suite = useWharf([busyboxImage('base:1', { Labels: { html: '<none> & "so"' } })]);
  const { ok } = suite;
  const ask = (method: string, path: string, body?: unknown) =>
    exchange(suite.wharf.socketPath, method, path, body);
  const messageOf = ({ text }: { readonly text: string }) => JSON.parse(text).message;

  before(async () => {
    await ok('create --name one base:1 sleep 99');
    await ok('create --name two base:1 sleep 99');
    await ok('run -d --name runs base:1 sleep 99');
  });

  /** Everything that comes back for bytes sent as they are, until `enough` of it is here. */
  function talk(bytes: string, enough: RegExp): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = connect(suite.wharf.socketPath);
      let seen = '';
      socket.on('error', reject).on('data', (chunk) => {
        seen += chunk.toString('latin1');
        if (!enough.test(seen)) return;
        socket.destroy();
        resolve(seen);
      });
      socket.write(bytes);
    });
  }

  test('R1 R2 paths with and without a version, names with a slash; nothing else is a page', async () => {
    for (const path of ['/info', '/v1.30/info', '/containers/%2Fruns/json', '/v1.51/networks/']) {
      assert.equal((await ask('GET', path)).status, 200, path);
    }
    for (const [method, path] of [
      ['GET', '/'],
      ['GET', '/v1.51'],
      ['DELETE', '/info'],
      ['PUT', '/containers/json'],
      ['GET', '/v1.x/info'],
      ['GET', '/containers/runs/json/'],
    ] as const) {
      const answer = await ask(method, path);
      assert.deepEqual([answer.status, messageOf(answer)], [404, 'page not found'], `${method} ${path}`);
    }
  });

  test('R4 R5 R6 R22 the fields of every header, of ping and of errors', async () => {
    for (const path of ['/_ping', '/nothing', '/containers/nosuch/json']) {
      const { headers } = await ask('GET', path);
      assert.match(String(headers.server), /^Docker\/\S+ \(linux\)$/);
      assert.deepEqual(
        [headers['api-version'], headers.ostype, headers['docker-experimental']],
        ['1.51', 'linux', 'false'],
      );
    }
    const head = await ask('HEAD', '/_ping');
    assert.deepEqual([head.status, head.text, head.headers['content-length']], [200, '', '0']);
    assert.deepEqual(
      [head.headers['cache-control'], head.headers.pragma],
      ['no-cache, no-store, must-revalidate', 'no-cache'],
    );
    assert.deepEqual([head.headers['builder-version'], head.headers.swarm], ['2', 'inactive']);
    const error = await ask('GET', '/containers/nosuch/json');
    assert.equal(error.headers['content-type'], 'application/json');
    assert.equal(error.text, '{"message":"No such container: nosuch"}\n');
    assert.equal(
      (await ask('HEAD', '/containers/nosuch/archive?path=/')).headers['content-type'],
      'application/json',
    );
    assert.equal((await ask('OPTIONS', '/anything/at/all')).status, 200);
    assert.equal((await ask('GET', '/debug/vars')).status, 404);
  });

  test('R7 bodies: keys in any case, what is unknown ignored, what follows refused', async () => {
    const made = await ask(
      'POST',
      '/containers/create?name=cased',
      '{"IMAGE":"base:1","cmd":"ls","later":{"x":1}}',
    );
    assert.equal(made.status, 201);
    const { Config } = JSON.parse((await ask('GET', '/containers/cased/json')).text);
    assert.deepEqual([Config.Image, Config.Cmd], ['base:1', ['ls']]);
    await ok('rm cased');
    assert.equal((await ask('POST', '/containers/create', '{"Image":"base:1"} {}')).status, 400);
    assert.equal((await ask('POST', '/containers/create', '')).status, 400);
    const typed = 'Content-Type: text/plain\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}';
    const refused = await talk(`POST /containers/create HTTP/1.1\r\nHost: d\r\n${typed}`, /\}\n$/);
    assert.match(
      refused,
      /400 Bad Request.*unsupported Content-Type header \(text\/plain\): must be 'application\/json'/s,
    );
  });

  test('R9 answers: characters as they are, one line end, times of Go', async () => {
    const { text } = await ask('GET', '/containers/one/json');
    assert.ok(text.includes('"html":"<none> & \\"so\\""'));
    assert.ok(text.endsWith('}\n'));
    const { Created, State } = JSON.parse(text);
    assert.match(Created, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/);
    assert.equal(State.StartedAt, '0001-01-01T00:00:00Z');
  });

  test('R14 R23 the header of a wait and of a stream comes at once; who leaves ends it', async () => {
    const request = (line: string) => `${line} HTTP/1.1\r\nHost: d\r\n\r\n`;
    const header = /^HTTP\/1.1 200 OK\r\n[\s\S]*\r\n\r\n/;
    assert.match(await talk(request('POST /containers/runs/wait'), header), /Transfer-Encoding: chunked/);
    assert.match(await talk(request('GET /events'), header), /Content-Type: application\/json/);
    assert.match(
      await talk(request('GET /containers/runs/logs?stdout=1&follow=1'), header),
      /multiplexed-stream/,
    );
    const listeners = async () => JSON.parse((await ask('GET', '/info')).text).NEventsListener;
    await eventually('nobody listens any more', async () => (await listeners()) === 0);
  });

  test('R17 filters in both forms, unknown ones refused', async () => {
    const list = async (filters: object) => {
      const { text } = await ask(
        'GET',
        `/containers/json?all=1&filters=${encodeURIComponent(JSON.stringify(filters))}`,
      );
      return JSON.parse(text);
    };
    assert.equal((await list({ name: ['^/one$'] })).length, 1);
    assert.equal((await list({ name: { one: true, two: true } })).length, 2);
    assert.equal((await list({ colour: ['red'] })).message, "invalid filter 'colour'");
  });

  test('R19 a container by name, id and unique start of one', async () => {
    const ids = (await ok('ps -aq --no-trunc')).split('\n');
    const [id = ''] = ids;
    for (const ref of [id, id.slice(0, 12), id.slice(0, 20)]) {
      assert.equal(JSON.parse((await ask('GET', `/containers/${ref}/json`)).text).Id, id);
    }
    const made: string[] = [];
    const initials = () => [...ids, ...made].map((each) => each[0]);
    const twice = () => initials().find((initial, index, all) => all.indexOf(initial) !== index);
    while (twice() === undefined) made.push(await ok('create base:1'));
    const answer = await ask('GET', `/containers/${twice()}/json`);
    assert.deepEqual(
      [answer.status, messageOf(answer)],
      [400, `multiple IDs found with provided prefix: ${twice()}`],
    );
  });
});
