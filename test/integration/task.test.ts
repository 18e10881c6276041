import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Box, demultiplex, readAll, readUntil } from './core-box.ts';

const outputs = { stdin: false, stdout: true, stderr: true };
const everything = { ...outputs, stdin: true };

const lost = { code: 137, signal: 9, error: "the container's shim was killed, and its processes with it" };

test('attached clients see the first byte and each stream apart', async () => {
  await using box = new Box();
  const task = await box.start({
    argv: ['/bin/sh', '-c', 'echo out; echo err >&2'],
    attach: [outputs, outputs],
  });
  const seen = await Promise.all(task.attached.map(readAll));
  for (const bytes of seen) assert.deepEqual(demultiplex(bytes), { stdout: 'out\n', stderr: 'err\n' });
});

test('attach picks streams', async () => {
  await using box = new Box();
  const attach = [{ stdin: false, stdout: false, stderr: true }];
  const task = await box.start({ argv: ['/bin/sh', '-c', 'echo out; echo err >&2'], attach });
  assert.deepEqual(demultiplex(await readAll(first(task.attached))), { stdout: '', stderr: 'err\n' });
});

test('the half-close of a client is the end of standard input', async () => {
  await using box = new Box();
  const task = await box.start({
    argv: ['/bin/busybox', 'cat'],
    openStdin: true,
    stdinOnce: true,
    attach: [everything],
  });
  const socket = first(task.attached);
  socket.end('some words');
  assert.equal(demultiplex(await readAll(socket)).stdout, 'some words');
  assert.equal((await task.exited).code, 0);
});

test('megabytes pass through standard input and output unharmed', async () => {
  await using box = new Box();
  const task = await box.start({
    argv: ['/bin/busybox', 'cat'],
    openStdin: true,
    stdinOnce: true,
    attach: [everything],
    log: undefined,
  });
  const sent = Buffer.alloc(8 << 20, '0123456789abcdef\n');
  const socket = first(task.attached);
  const received = readAll(socket);
  socket.end(sent);
  assert.equal(demultiplex(await received).stdout, sent.toString());
});

test('standard input stays open without stdinOnce, and closes when told', async () => {
  await using box = new Box();
  const task = await box.start({ argv: ['/bin/busybox', 'cat'], openStdin: true, attach: [everything] });
  const client = first(task.attached);
  client.end('one\n');
  await readAll(client);
  const { socket: second } = await task.attach(everything);
  second.write('two\n');
  await readUntil(second, 'two');
  await task.closeStdin();
  assert.equal((await task.exited).code, 0);
  assert.deepEqual(
    box.logged().map((line) => line.log),
    ['one\n', 'two\n'],
  );
});

test('a terminal is raw, sized, resized and the controlling one', async () => {
  await using box = new Box();
  const task = await box.start({
    argv: ['/bin/sh'],
    terminal: true,
    openStdin: true,
    attach: [everything],
  });
  const socket = first(task.attached);
  socket.write('busybox stty size; busybox tty; echo here > /dev/console\n');
  const seen = await readUntil(socket, 'here\r\n');
  assert.match(seen, /24 80\r\n/);
  await task.resize({ rows: 50, columns: 132 });
  socket.write('busybox stty size\n');
  await readUntil(socket, '50 132\r\n');
  socket.write('exit 5\n');
  assert.equal((await task.exited).code, 5);
});

test('exec joins the container and tells its own exit', async () => {
  await using box = new Box();
  const task = await box.start({
    argv: ['/bin/busybox', 'sleep', '1000'],
    last: [{ op: 'hostname', name: 'ship' }],
  });
  const exec = await box.exec(task, [
    '/bin/sh',
    '-c',
    'busybox hostname; busybox ls /; busybox ls /proc/self/fd; exit 4',
  ]);
  assert.ok(exec.socket);
  const { stdout } = demultiplex(await readAll(exec.socket));
  assert.equal(stdout, 'ship\nbin\ndev\nproc\nroot\nsys\ntmp\n0\n1\n2\n3\n');
  assert.equal((await exec.exited).code, 4);
});

test('exec passes standard input on, and its end', async () => {
  await using box = new Box();
  const task = await box.start({ argv: ['/bin/busybox', 'sleep', '1000'] });
  const exec = await box.exec(task, ['/bin/busybox', 'cat'], { openStdin: true });
  assert.ok(exec.socket);
  const text = 'x'.repeat(300_000);
  const output = readAll(exec.socket);
  exec.socket.end(text);
  assert.equal(demultiplex(await output).stdout, text);
  assert.equal((await exec.exited).code, 0);
});

test('exec has a terminal of its own', async () => {
  await using box = new Box();
  const task = await box.start({ argv: ['/bin/busybox', 'sleep', '1000'] });
  const exec = await box.exec(task, ['/bin/sh'], { openStdin: true, terminal: true });
  assert.ok(exec.socket);
  exec.socket.write('busybox stty size\n');
  await readUntil(exec.socket, '10 20\r\n');
  await exec.resize({ rows: 11, columns: 22 });
  exec.socket.write('busybox stty size; exit 3\n');
  await readUntil(exec.socket, '11 22\r\n');
  assert.equal((await exec.exited).code, 3);
});

test('an exec that cannot start says why and leaves the container alone', async () => {
  await using box = new Box();
  const task = await box.start({ argv: ['/bin/busybox', 'sleep', '1000'] });
  await assert.rejects(box.exec(task, ['nosuch']), {
    message: 'exec: "nosuch": executable file not found in $PATH',
  });
  const exec = await box.exec(task, ['/bin/busybox', 'true']);
  assert.equal((await exec.exited).code, 0);
});

test('a detached exec runs without a client and can be killed', async () => {
  await using box = new Box();
  const task = await box.start({ argv: ['/bin/busybox', 'sleep', '1000'] });
  const exec = await box.exec(task, ['/bin/busybox', 'sleep', '1000'], { detached: true });
  assert.equal(exec.socket, undefined);
  await exec.kill(15);
  assert.equal((await exec.exited).signal, 15);
});

test('the end of the container ends its execs first', async () => {
  await using box = new Box();
  const task = await box.start({ argv: ['/bin/busybox', 'sleep', '1000'] });
  const exec = await box.exec(task, ['/bin/busybox', 'sleep', '1000']);
  const order: string[] = [];
  exec.socket?.resume();
  const both = [exec.exited.then(() => order.push('exec')), task.exited.then(() => order.push('container'))];
  await task.kill(9);
  await Promise.all(both);
  assert.equal(order.length, 2);
});

test('a new daemon finds a task, its exit, its output and its input', async () => {
  await using box = new Box();
  const before = await box.start({
    argv: ['/bin/sh', '-c', 'read line; echo got $line; exit 6'],
    openStdin: true,
  });
  before.close();
  const task = await box.otherTasks().connect('box');
  assert.ok(task !== undefined && 'pid' in task);
  assert.equal(task.pid, before.pid);
  const { socket } = await task.attach(everything);
  socket.write('again\n');
  assert.equal(demultiplex(await readAll(socket)).stdout, 'got again\n');
  assert.equal((await task.exited).code, 6);
});

test('an exit while nobody is connected is there for the next daemon', async () => {
  await using box = new Box();
  const task = await box.start({
    argv: ['/bin/sh', '-c', 'read line; echo last words; exit 9'],
    openStdin: true,
  });
  const { socket } = await task.attach(everything);
  task.close();
  socket.write('\n');
  await readAll(socket);
  const status = await box.otherTasks().connect('box');
  assert.ok(status !== undefined && 'code' in status);
  assert.equal(status.code, 9);
  assert.equal(box.logged()[0]?.log, 'last words\n');
  assert.equal(await box.otherTasks().connect('unknown'), undefined);
});

test('a container ends with its shim, which is told', async () => {
  await using box = new Box();
  const task = await box.start({ argv: ['/bin/busybox', 'sleep', '1000'] });
  const exec = await box.exec(task, ['/bin/busybox', 'sleep', '1000']);
  process.kill(Number(readFileSync(join(box.stateDir(), 'shim.pid'), 'utf8')), 'SIGKILL');
  for (const { timeNs, ...end } of await Promise.all([task.exited, exec.exited])) assert.deepEqual(end, lost);
  await assert.rejects(task.kill(9), { kind: 'conflict' });
  while (existsSync(`/proc/${task.pid}/exe`)) await sleep(5);
});

test('a start whose shim is killed fails, and says so', async () => {
  await using box = new Box();
  const fifo = join(box.path, 'fifo');
  assert.equal(spawnSync('mkfifo', [fifo]).status, 0);
  const before = [{ op: 'write', path: fifo, value: '', ignoreErrnos: [] } as const];
  const started = box.start({ argv: ['/bin/sh'], before, attach: [outputs] });
  const pidFile = join(box.stateDir(), 'shim.pid');
  while (!existsSync(pidFile) || readFileSync(pidFile, 'utf8') === '') await sleep(5);
  process.kill(Number(readFileSync(pidFile, 'utf8')), 'SIGKILL');
  await assert.rejects(started, { kind: 'internal', message: lost.error });
  const next = await box.start({ argv: ['/bin/sh', '-c', 'exit 3'] });
  assert.equal((await next.exited).code, 3);
});

test('the state directory holds nothing but the exit status in the end', async () => {
  await using box = new Box();
  const task = await box.start({ argv: ['/bin/busybox', 'true'] });
  await task.exited;
  assert.deepEqual(readdirSync(box.stateDir()), ['exit']);
});

test('createOnly stops before the program, release() goes on', async () => {
  await using box = new Box();
  const task = await box.start({ argv: ['/bin/sh', '-c', 'echo now'], createOnly: true, attach: [outputs] });
  assert.equal(readFileSync(`/proc/${task.pid}/comm`, 'utf8'), 'wharf-shim\n');
  await task.release();
  assert.equal(demultiplex(await readAll(first(task.attached))).stdout, 'now\n');
  assert.equal((await task.exited).code, 0);
});

test('createOnly fails for a program that is missing', async () => {
  await using box = new Box();
  await assert.rejects(box.start({ argv: ['nosuch'], createOnly: true }), /executable file not found/);
});

test('a created container that is killed has ended, not failed', async () => {
  await using box = new Box();
  const task = await box.start({ argv: ['/bin/busybox', 'true'], createOnly: true });
  await task.kill(9);
  assert.equal((await task.exited).signal, 9);
});

test('inheritStdio gives the program the descriptors of the caller', async () => {
  await using box = new Box();
  const task = await box.start({ argv: ['/bin/sh', '-c', 'exit 3'], inheritStdio: true });
  assert.equal((await task.exited).code, 3);
  assert.equal(existsSync(box.log) && readFileSync(box.log, 'utf8'), '');
});

test('a published port is free again when the exit is told', async () => {
  await using box = new Box();
  const address = Uint8Array.of(127, 0, 0, 1);
  const listen = {
    op: 'listen',
    protocol: 6,
    address,
    port: 40_125,
    targetAddress: address,
    targetPort: 1,
  } as const;
  const before = { argv: ['/bin/busybox', 'true'], attach: [outputs], before: [listen] };
  for (let round = 0; round < 3; round++) await (await box.start(before)).exited;
});

test('an aborted start leaves nothing', async () => {
  await using box = new Box();
  const abort = new AbortController();
  const started = box.tasks.start(
    {
      id: 'box',
      dir: box.stateDir(),
      terminal: false,
      openStdin: false,
      stdinOnce: false,
      log: undefined,
      plan: box.plan({ argv: ['/bin/busybox', 'sleep', '1000'] }),
    },
    abort.signal,
  );
  abort.abort();
  await assert.rejects(started, { name: 'AbortError' });
  while (readdirSync(box.stateDir()).length > 0) await sleep(5);
});

test('the log has lines whole, tails too, and escapes as Go does', async () => {
  await using box = new Box();
  const line = 'tab\\tquote"back\\\\<&>\\342\\200\\250\\377 \\303\\251 \\001';
  const script = `busybox printf '${line}\\n'; busybox printf 'half '; busybox sleep 0.05; busybox printf 'line\\ntail'`;
  const task = await box.start({ argv: ['/bin/sh', '-c', script] });
  await task.exited;
  const raw = readFileSync(box.log, 'utf8').split('\n');
  assert.ok(
    raw[0]?.startsWith(
      '{"log":"tab\\tquote\\"back\\\\\\u003c\\u0026\\u003e\\u2028\\ufffd é \\u0001\\n","stream":"stdout","time":"20',
    ),
    raw[0],
  );
  const lines = box.logged();
  assert.deepEqual(
    lines.slice(1).map(({ log }) => log),
    ['half line\n', 'tail'],
  );
  for (const { time } of lines) assert.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/);
});

test('logPosition() tells growth', async () => {
  await using box = new Box();
  const task = await box.start({ argv: ['/bin/busybox', 'cat'], openStdin: true, terminal: false });
  const grown = Promise.withResolvers<bigint>();
  using _watch = task.logPosition(grown.resolve);
  const { socket } = await task.attach(everything);
  socket.write('line\n');
  assert.equal(await grown.promise, BigInt(readFileSync(box.log).length));
});

test('a published port is reserved and relayed, with half-close', async () => {
  await using box = new Box();
  const server = createServer({ allowHalfOpen: true }, (client) => {
    client.on('data', (data) => client.write(data)).on('end', () => client.end('bye'));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const target = (server.address() as { port: number }).port;
  const port = target === 40_123 ? 40_124 : 40_123;
  const listen = {
    op: 'listen',
    protocol: 6,
    address: Uint8Array.of(127, 0, 0, 1),
    port,
    targetAddress: Uint8Array.of(127, 0, 0, 1),
    targetPort: target,
  } as const;
  await box.start({ argv: ['/bin/busybox', 'sleep', '1000'], before: [listen] });
  const client = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  client.end('echo me, ');
  assert.equal((await readAll(client)).toString(), 'echo me, bye');
  await assert.rejects(
    box.start({ id: 'two', argv: ['/bin/sh'], before: [listen] }),
    /address already in use/,
  );
  server.close();
});

test('tasks connect however long the path of the state directory is', async () => {
  await using box = new Box();
  const task = await box.start({ id: 'x'.repeat(120), argv: ['/bin/busybox', 'sleep', '1000'] });
  const exec = await box.exec(task, ['/bin/busybox', 'true']);
  assert.equal((await exec.exited).code, 0);
});

function first(sockets: readonly Socket[]): Socket {
  const [socket] = sockets;
  assert.ok(socket);
  return socket;
}
