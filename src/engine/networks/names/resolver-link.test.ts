import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { silentLog } from '#base';
import { encodeLine, fileMark, Lines, type ResolverRequest, resolverSocketName } from '#resolver';
import { ResolverLink } from './resolver-link.ts';

/** Any file does for the program: it is compared with what the resolver says, and never run here. */
const program = import.meta.filename;
const everything: readonly ResolverRequest[] = [{ type: 'remove', containerId: 'told-at-first' }];

let directory = '';
let server: Server;
let received: ResolverRequest[] = [];
let connections: Socket[] = [];
let hangs = false;

/** A resolver that notes what it is told, and answers what it is asked, unless it hangs. */
function startFake(mark: string): Server {
  return createServer((socket) => {
    connections.push(socket);
    const lines = new Lines<ResolverRequest>();
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      for (const request of lines.take(chunk)) {
        received.push(request);
        if (request.type === 'ask' && !hangs)
          socket.write(encodeLine({ type: 'answer', number: request.number }));
      }
    });
    socket.on('error', () => socket.destroy());
    if (!hangs) socket.write(encodeLine({ type: 'hello', program: mark }));
  });
}

async function listen(mark = fileMark(program)): Promise<void> {
  server = startFake(mark);
  server.listen(join(directory, resolverSocketName));
  await once(server, 'listening');
}

function openLink(): ResolverLink {
  const place = { program, directory, resolvConf: '/etc/resolv.conf' };
  return new ResolverLink({ ...place, log: silentLog, everything: () => everything });
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}

const types = () => received.map(({ type }) => type);

describe('ResolverLink', () => {
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'wharf-test-link-'));
    received = [];
    connections = [];
    hangs = false;
  });
  afterEach(() => {
    server.close();
    for (const socket of connections) socket.destroy();
    rmSync(directory, { recursive: true });
  });

  test('a connection begins with everything; what is sent before is part of that', async () => {
    await listen();
    await using link = openLink();
    link.send({ type: 'remove', containerId: 'early' });
    link.open();
    await until(() => types().includes('complete'));
    assert.deepEqual(received, [{ type: 'begin' }, ...everything, { type: 'complete' }]);
  });

  test('settled() waits until what was sent is in force', async () => {
    await listen();
    await using link = openLink();
    await link.settled();
    link.open();
    await until(() => types().includes('complete'));
    link.send({ type: 'remove', containerId: 'late' });
    await link.settled();
    assert.deepEqual(received.slice(-2, -1), [{ type: 'remove', containerId: 'late' }]);
  });

  test('a connection that ends is made again and told everything again', async () => {
    await listen();
    await using link = openLink();
    link.open();
    await until(() => types().includes('complete'));
    connections[0]?.destroy();
    await until(() => connections.length === 2 && types().filter((type) => type === 'complete').length === 2);
  });

  test('a resolver that hangs is waited for once, and told no more', async () => {
    await listen();
    await using link = openLink();
    link.open();
    await until(() => types().includes('complete'));
    hangs = true;
    const ended = connections.map((socket) => once(socket, 'close'));
    await link.settled();
    await Promise.all(ended);
    await until(() => connections.length > 1);
    link.send({ type: 'remove', containerId: 'late' });
    await link.settled();
    assert.equal(types().at(-1), 'ask');
  });

  test('a resolver of another program is told to end, and nothing else', async () => {
    await listen('another:file');
    await using link = openLink();
    link.open();
    await until(() => types().includes('end'));
    assert.deepEqual(types(), ['end']);
  });

  test('a link that was never opened closes at once', async () => {
    await listen();
    await openLink().close();
    assert.equal(connections.length, 0);
  });
});
