import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { before, describe, test } from 'node:test';
import { busyboxImage } from '../fixtures/busybox.ts';
import { exchange } from '../testing/exchange.ts';
import { useWharf } from '../testing/use-wharf.ts';

describe('a request that is not meant well', () => {
  const suite = useWharf([busyboxImage('base:1')]);
  const { docker, ok } = suite;
  before(async () => {
    await ok('create --name made base:1 sleep 99');
    await ok('run -d --name runs base:1 sleep 99');
    await ok('run -d --name frozen base:1 sleep 99');
    await ok('pause frozen');
  });

  /** Status and message of an answer; a body goes as JSON, a text as it is. */
  async function ask(method: string, path: string, body?: unknown): Promise<[number, string]> {
    const { status, text } = await exchange(suite.wharf.socketPath, method, path, body);
    const { message = text } = (text.startsWith('{') ? JSON.parse(text) : {}) as { message?: string };
    return [status, message];
  }

  const cases: readonly (readonly [
    what: string,
    method: string,
    path: string,
    body: unknown,
    status: number,
    told: RegExp,
  ])[] = [
    ['broken JSON', 'POST', '/containers/create', '{bad', 400, /^invalid JSON: /],
    ['a list', 'POST', '/containers/create', [], 400, /cannot unmarshal array into Go value/],
    [
      'nothing',
      'POST',
      '/containers/create',
      {},
      400,
      /^config cannot be empty in order to create a container$/,
    ],
    ['nothing to run', 'POST', '/containers/create', { Image: '' }, 400, /^no command specified$/],
    [
      'an image without a name',
      'POST',
      '/containers/create',
      { Image: ':1' },
      400,
      /^invalid reference format$/,
    ],
    [
      'an image of nothing',
      'POST',
      '/images/create',
      undefined,
      400,
      /^Get "http:": http: no Host in request URL$/,
    ],
    ['no such page', 'GET', '/v1.51/nothing', undefined, 404, /^page not found$/],
    ['a newer version', 'GET', '/v1.99/info', undefined, 400, /^client version 1.99 is too new/],
    ['a number that is none', 'GET', '/containers/json?limit=NaN', undefined, 400, /invalid syntax/],
    ['a way up', 'GET', '/containers/..%2f..%2fetc/json', undefined, 404, /./],
    ['a volume above', 'POST', '/volumes/create', { Name: '../x' }, 400, /includes invalid characters/],
    ['a volume elsewhere', 'DELETE', '/volumes/..%2f..%2fcontent', undefined, 404, /./],
    ['a broken archive', 'POST', '/images/load', 'garbage', 400, /unexpected EOF/],
    ['no size', 'POST', '/containers/runs/resize?h=-1&w=9', undefined, 400, /value out of range/],
    ['a giant', 'POST', '/containers/runs/resize?h=99999999999&w=9', undefined, 400, /out of range/],
    ['resize before', 'POST', '/containers/made/resize?h=9&w=9', undefined, 409, /is not running$/],
    ['no signal', 'POST', '/containers/runs/kill?signal=WEIRD', undefined, 400, /invalid signal: WEIRD$/],
    ['exec before', 'POST', '/containers/made/exec', { Cmd: ['true'] }, 409, /is not running$/],
    [
      'exec in ice',
      'POST',
      '/containers/frozen/exec',
      { Cmd: ['true'] },
      409,
      /unpause the container before exec$/,
    ],
    ['exec nothing', 'POST', '/containers/runs/exec', {}, 400, /^No exec command specified$/],
    [
      'attach in ice',
      'POST',
      '/containers/frozen/attach?stream=1',
      undefined,
      409,
      /^container frozen is paused, unpause the container before attach$/,
    ],
    [
      'remove while it runs',
      'DELETE',
      '/containers/runs',
      undefined,
      409,
      /stop the container before removing or force remove$/,
    ],
    [
      'a taken bridge',
      'POST',
      '/networks/create',
      { Name: 'n', Options: { 'com.docker.network.bridge.name': 'lo' } },
      409,
      /./,
    ],
  ];
  for (const [what, method, path, body, status, told] of cases) {
    test(`${what} is answered with ${status}`, async () => {
      const [code, message] = await ask(method, path, body);
      assert.deepEqual([code, told.test(message)], [status, true], `${code}: ${message}`);
    });
  }

  const hostConfigs: readonly (readonly [object, RegExp])[] = [
    [{ Memory: 1000 }, /^Minimum memory limit allowed is 6MB$/],
    [{ Memory: 1e30 }, /cannot unmarshal number 1e\+30 .* of type int64/],
    [{ NanoCpus: 99e9 }, /^range of CPUs is from 0.01 to/],
    [{ CpusetCpus: '4095' }, /^Requested CPUs are not available/],
    [{ Binds: ['./here:/x'] }, /use absolute path$/],
    [{ Binds: ['/tmp:x'] }, /mount path must be absolute$/],
    [{ Binds: ['/tmp:/'] }, /destination can't be '\/'$/],
    [{ PortBindings: { '99999/tcp': [{}] } }, /^invalid port specification/],
    [{ RestartPolicy: { Name: 'sometimes' } }, /unknown policy 'sometimes'/],
  ];
  for (const [HostConfig, told] of hostConfigs) {
    test(`create with ${JSON.stringify(HostConfig)} is refused`, async () => {
      const [code, message] = await ask('POST', '/containers/create', { Image: 'base:1', HostConfig });
      assert.deepEqual([code, told.test(message)], [400, true], message);
    });
  }

  test('names of containers have the letters that Docker allows', async () => {
    for (const name of ['../x', 'a/b', 'a b', '-x', '.x', 'x', 'ä']) {
      const [code, message] = await ask('POST', `/containers/create?name=${encodeURIComponent(name)}`, {
        Image: 'base:1',
      });
      assert.equal(code, 400, name);
      assert.match(message, /^Invalid container name .*only \[a-zA-Z0-9\]\[a-zA-Z0-9_.-\] are allowed$/);
    }
  });

  test('a sysctl of the whole machine stays as it is', async () => {
    const file = '/proc/sys/kernel/core_uses_pid';
    const before = readFileSync(file, 'utf8');
    const other = before === '1\n' ? '0' : '1';
    const HostConfig = { Sysctls: { 'kernel.core_uses_pid': other } };
    await ask('POST', '/containers/create?name=tuned', { Image: 'base:1', HostConfig });
    const [code, message] = await ask('POST', '/containers/tuned/start');
    assert.equal(code, 400);
    assert.match(message, /^sysctl "kernel.core_uses_pid" is not in a separate kernel namespace$/);
    assert.equal(readFileSync(file, 'utf8'), before);
  });

  test('what broke in the container’s own set-up is told, not what broke behind it', async () => {
    const run = await docker(['run', '--rm', '--tmpfs', '/x:size=nonsense', 'base:1', 'true']);
    assert.match(run.stderr, /error mounting "tmpfs" to rootfs at "\/x": invalid argument/);
  });

  test('exec makes no folder of its working directory', async () => {
    const exec = await docker(['exec', '-w', '/nowhere', 'runs', 'true']);
    assert.notEqual(exec.code, 0);
    assert.match(exec.stdout, /no such file or directory/);
    assert.equal(await ok(['exec', 'runs', 'sh', '-c', 'ls -d /nowhere 2>/dev/null || echo none']), 'none');
  });

  test('no header, line or body is too long to be refused', async () => {
    const socket = suite.wharf.socketPath;
    assert.match(
      await raw(socket, `GET /info HTTP/1.1\r\nX: ${'a'.repeat(2 << 20)}\r\n\r\n`),
      /^HTTP\/1.1 431 /,
    );
    assert.match(await raw(socket, `GET /${'a'.repeat(1 << 20)} HTTP/1.1\r\n\r\n`), /^HTTP\/1.1 414 /);
    assert.match(await raw(socket, '\x16\x03\x01 garbage\r\n\r\n'), /^HTTP\/1.1 400 /);
    const lengths = 'Host: d\r\nContent-Length: 2\r\nContent-Length: 5\r\n\r\n{}xxx';
    assert.match(await raw(socket, `POST /containers/create HTTP/1.1\r\n${lengths}`), /^HTTP\/1.1 400 /);
    assert.equal((await ask('GET', '/_ping'))[0], 200);
  });
});

/** The first piece of what comes back for bytes sent as they are. */
function raw(socketPath: string, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(socketPath);
    socket.on('error', reject);
    socket.once('data', (piece) => {
      socket.destroy();
      resolve(piece.toString('latin1'));
    });
    socket.write(bytes, 'latin1');
  });
}
