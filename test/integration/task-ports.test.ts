import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type Server } from 'node:net';
import { test } from 'node:test';
import { compilePorts, encodePlan, type Listen } from '#runtime';
import type { Task } from '#task';
import { freePort } from '../testing/free-port.ts';
import { Box } from './core-box.ts';

const loopback = Uint8Array.of(127, 0, 0, 1);

async function serve(text: string): Promise<Server> {
  const server = createServer((socket) => socket.end(text));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** What a connection to the port reads; undefined when it is refused. */
async function ask(port: number): Promise<string | undefined> {
  const socket = connect(port, '127.0.0.1');
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk;
  });
  try {
    await once(socket, 'end');
    return text;
  } catch {
    return undefined;
  }
}

function listenFor(port: number, targetPort: number): Listen {
  return { protocol: 'tcp', address: loopback, port, targetAddress: loopback, targetPort };
}

function publish(task: Task, ...listens: Listen[]): Promise<void> {
  return task.listen(encodePlan(compilePorts(listens)));
}

test('a running task gets and gives back ports, also by a later daemon', async () => {
  await using box = new Box();
  const server = await serve('served');
  const target = portOf(server);
  const [first, second] = [await freePort(), await freePort()];
  const task = await box.start({ argv: ['/bin/busybox', 'sleep', '99'] });
  await publish(task, listenFor(first, target));
  assert.deepEqual([await ask(first), await ask(second)], ['served', undefined]);
  await publish(task, listenFor(first, target), listenFor(second, target));
  assert.deepEqual([await ask(first), await ask(second)], ['served', 'served']);

  const found = await box.otherTasks().connect('box');
  assert.ok(found !== undefined && 'pid' in found);
  await publish(found, listenFor(second, target));
  assert.deepEqual([await ask(first), await ask(second)], [undefined, 'served']);
  found.close();
  await publish(task);
  assert.equal(await ask(second), undefined);
  server.close();
});

test('a port that somebody has is told, and nothing changes', async () => {
  await using box = new Box();
  const server = await serve('served');
  const target = portOf(server);
  const [kept, fresh] = [await freePort(), await freePort()];
  const task = await box.start({ argv: ['/bin/busybox', 'sleep', '99'] });
  await publish(task, listenFor(kept, target));
  await assert.rejects(publish(task, listenFor(fresh, target), listenFor(target, target)), {
    message: 'address already in use',
  });
  assert.deepEqual([await ask(kept), await ask(fresh)], ['served', undefined]);
  await assert.rejects(task.listen(Uint8Array.of(1, 2, 3)), { kind: 'internal' });
  const foreign = encodePlan({
    cloneFlags: 0n,
    before: [{ op: 'hostMkdir', path: '/x', mode: 0 }],
    after: [],
    init: [],
  });
  await assert.rejects(task.listen(foreign), { kind: 'notImplemented' });
  assert.equal(await ask(kept), 'served');
  server.close();
});
