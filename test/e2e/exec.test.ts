import assert from 'node:assert/strict';
import { request } from 'node:http';
import type { Socket } from 'node:net';
import { before, describe, test } from 'node:test';
import { busyboxImage } from '../fixtures/busybox.ts';
import { exchange } from '../testing/exchange.ts';
import { eventually } from '../testing/programs.ts';
import { useWharf } from '../testing/use-wharf.ts';

describe('exec', () => {
  const suite = useWharf([busyboxImage('base:1')]);
  const { docker, ok } = suite;
  before(() => ok('run -d --name box -u ada base:1 sleep 999'));

  const ask = (method: string, path: string, body?: unknown) =>
    exchange(suite.wharf.socketPath, method, path, body);

  async function create(config: object): Promise<string> {
    const answer = await ask('POST', '/containers/box/exec', { AttachStdout: true, ...config });
    assert.equal(answer.status, 201, answer.text);
    return JSON.parse(answer.text).Id;
  }

  async function inspect(id: string) {
    const { text } = await ask('GET', `/exec/${id}/json`);
    return JSON.parse(text);
  }

  /** Starts an exec and gives its conversation. */
  function attach(id: string, body: object = {}): Promise<Socket> {
    return new Promise((resolve, reject) => {
      const headers = { 'Content-Type': 'application/json', Connection: 'Upgrade', Upgrade: 'tcp' };
      const { socketPath } = suite.wharf;
      const outgoing = request({ socketPath, method: 'POST', path: `/exec/${id}/start`, headers });
      outgoing.on('upgrade', (_response, socket) => resolve(socket)).on('error', reject);
      outgoing.end(JSON.stringify(body));
    });
  }

  const runs = (command: string) =>
    ok(['exec', 'box', 'pgrep', '-fx', command]).then(
      () => true,
      () => false,
    );

  test('is refused when it could never run, in Docker’s words', async () => {
    const refused: readonly (readonly [config: object, text: string])[] = [
      [{ Cmd: [] }, 'No exec command specified'],
      [{ Cmd: ['x'], User: 'nobody' }, 'unable to find user nobody: no matching entries in passwd file'],
      [{ Cmd: ['x'], User: 'ada:none' }, 'unable to find group none: no matching entries in group file'],
      [{ Cmd: ['x'], User: '-1' }, 'uids and gids must be in range 0-2147483647'],
      [{ Cmd: ['x'], DetachKeys: 'ctrl-' }, 'Invalid escape keys (ctrl-) provided'],
      [{ Cmd: ['x'], Env: ['=x'] }, 'invalid environment variable: name cannot be empty'],
    ];
    for (const [config, message] of refused) {
      const answer = await ask('POST', '/containers/box/exec', config);
      assert.deepEqual([answer.status, JSON.parse(answer.text).message], [400, message]);
    }
  });

  test('gives the streams that were asked for', async () => {
    const Cmd = ['sh', '-c', 'echo out; echo err >&2'];
    for (const [AttachStdout, AttachStderr, text] of [
      [true, true, 'err,out'],
      [true, false, 'out'],
      [false, true, 'err'],
    ] as const) {
      const client = await attach(await create({ Cmd, AttachStdout, AttachStderr }));
      const chunks: Buffer[] = [];
      client.on('data', (chunk) => chunks.push(chunk));
      await new Promise((resolve) => client.once('end', resolve));
      const words =
        Buffer.concat(chunks)
          .toString()
          .match(/out|err/g) ?? [];
      assert.equal(words.sort().join(), text);
    }
  });

  test('that fails to start tells why, and the code that Docker gives', async () => {
    const failures: readonly (readonly [flags: string, code: number, text: string])[] = [
      [
        'box nosuch',
        127,
        'unable to start container process: exec: "nosuch": executable file not found in $PATH',
      ],
      ['box /etc/passwd', 126, 'unable to start container process: exec: "/etc/passwd": permission denied'],
      [
        '-w /nope box pwd',
        127,
        'unable to start container process: chdir to cwd ("/nope") set in config.json failed: no such file or directory',
      ],
      ['-w here box pwd', 128, 'Cwd must be an absolute path'],
    ];
    for (const [args, code, text] of failures) {
      const output = await docker(`exec ${args}`);
      assert.deepEqual(
        [output.code, output.stdout.trim()],
        [code, `OCI runtime exec failed: exec failed: ${text}`],
      );
    }
  });

  test('is told as it is, before, while and after it runs', async () => {
    const id = await create({ Cmd: ['sleep', '77'], AttachStdout: false });
    assert.deepEqual((({ Running, ExitCode, Pid }) => [Running, ExitCode, Pid])(await inspect(id)), [
      false,
      null,
      0,
    ]);
    assert.equal((await ask('POST', `/exec/${id}/resize?h=1&w=2`)).status, 409);
    assert.equal((await ask('POST', `/exec/${id}/start`, { Detach: true })).status, 200);
    const running = await inspect(id);
    assert.deepEqual([running.Running, running.ExitCode, running.ProcessConfig.user], [true, null, 'ada']);
    assert.equal((await ask('POST', `/exec/${id}/resize?h=1&w=2`)).status, 200);
    assert.deepEqual(JSON.parse((await ask('GET', '/containers/box/json')).text).ExecIDs.includes(id), true);
    const again = await ask('POST', `/exec/${id}/start`, {});
    assert.deepEqual([again.status, /is already running/.test(again.text)], [409, true]);
    assert.equal((await ask('POST', `/exec/${id}/kill?signal=WEIRD`)).status, 400);
    assert.equal((await ask('POST', `/exec/${id}/kill?signal=TERM`)).status, 204);
    await eventually('the exec ends', async () => !(await inspect(id)).Running);
    const ended = await inspect(id);
    assert.deepEqual([ended.ExitCode, ended.Pid], [143, running.Pid]);
    assert.equal((await ask('POST', `/exec/${id}/kill`)).status, 409);
    assert.match((await ask('POST', `/exec/${id}/start`, {})).text, /has already run/);
    assert.equal((await ask('POST', '/exec/nosuch/kill')).status, 404);
  });

  test('ends with its client when it is to, with all that it began', async () => {
    const id = await create({ Cmd: ['sh', '-c', 'sleep 4711 & echo on; wait'], KillOnDisconnect: true });
    const client = await attach(id);
    await new Promise((resolve) => client.once('data', resolve));
    client.destroy();
    await eventually('the exec ends', async () => (await inspect(id)).ExitCode === 143);
    await eventually('its group ends', async () => !(await runs('sleep 4711')));
  });

  test('with a terminal ends with its client, but not when the client detached', async () => {
    const terminal = { Tty: true, AttachStdin: true, KillOnDisconnect: true, DetachKeys: 'ctrl-x,q' };
    const left = await create({ Cmd: ['cat'], ...terminal });
    (await attach(left, { Tty: true })).destroy();
    await eventually('the exec ends', async () => (await inspect(left)).ExitCode === 129);
    const kept = await create({ Cmd: ['sleep', '78'], ...terminal });
    const client = await attach(kept, { Tty: true });
    client.write('\x18q');
    await new Promise((resolve) => client.once('end', resolve).resume());
    client.destroy();
    await suite.wharf.stop();
    await suite.wharf.start();
    const { ProcessConfig, Running } = await inspect(kept);
    assert.deepEqual([ProcessConfig.entrypoint, Running], ['sleep', true]);
    assert.equal((await ask('POST', `/exec/${kept}/kill`)).status, 204);
  });

  test('is known to the next daemon, which sees its end', async () => {
    const id = await create({ Cmd: ['sleep', '79'], KillOnDisconnect: true });
    assert.equal((await ask('POST', `/exec/${id}/start`, { Detach: true })).status, 200);
    const before = await inspect(id);
    await suite.wharf.stop('SIGKILL');
    await suite.wharf.start();
    assert.deepEqual(await inspect(id), before);
    assert.equal((await ask('POST', `/exec/${id}/kill`)).status, 204);
    await eventually('the exec ends', async () => (await inspect(id)).ExitCode === 137);
  });
});
