import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { busyboxImage } from '../fixtures/busybox.ts';
import { exchange } from '../testing/exchange.ts';
import { eventually } from '../testing/programs.ts';
import { useWharf } from '../testing/use-wharf.ts';
import { openWebSocket } from '../testing/websocket.ts';

const codes = { text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

describe('attach', () => {
  const suite = useWharf([busyboxImage('base:1')]);
  const { ok } = suite;
  const clients: Socket[] = [];
  before(async () => {
    await ok('run -d -i --name echo base:1 cat');
    await ok('run -d -it --name shell base:1 sh');
  });
  after(() => clients.forEach((client) => void client.destroy()));

  const openSocket = async (path: string) => {
    const socket = await openWebSocket(suite.wharf.socketPath, path);
    clients.push(socket.socket);
    return socket;
  };

  test('over a WebSocket talks with a process, in binary messages without frames of Docker’s', async () => {
    const socket = await openSocket('/containers/echo/attach/ws?stream=1&stdin=1&stdout=1&stderr=1');
    socket.send(codes.binary, 'hello\n');
    await socket.shows(/^hello\n$/);
    socket.send(codes.ping, 'there?');
    socket.send(codes.text, 'again\n');
    await socket.shows(/^hello\nagain\n$/);
    assert.deepEqual(new Set(socket.codes()), new Set([codes.binary, codes.pong]));
    socket.send(codes.close, Buffer.from([0x03, 0xe8]));
    await socket.ended;
    assert.equal(socket.codes().at(-1), codes.close);
    assert.equal(await ok(['inspect', '-f', '{{.State.Running}}', 'echo']), 'true');
  });

  test('over a WebSocket has text messages and all streams before the versions that changed it', async () => {
    const socket = await openSocket('/v1.27/containers/echo/attach/ws?stream=1');
    socket.send(codes.text, 'ä old friend\n');
    await socket.shows(/ä old friend\n/);
    assert.equal(socket.codes().includes(codes.binary), false);
    socket.socket.destroy();
    const deaf = await openSocket('/v1.42/containers/echo/attach/ws?stream=1&stdin=1');
    deaf.send(codes.binary, 'said\n');
    await eventually('it is said', async () => /said/.test(await ok('logs echo')));
    assert.equal(deaf.text(), '');
  });

  test('over a WebSocket leaves a terminal by the keys, and is closed for breaking the rules', async () => {
    const socket = await openSocket(
      '/containers/shell/attach/ws?stream=1&stdin=1&stdout=1&detachKeys=ctrl-x,q',
    );
    socket.send(codes.binary, 'echo $((6*7))\n');
    await socket.shows(/42/);
    socket.send(codes.binary, '\x18q');
    await socket.ended;
    assert.equal(socket.codes().at(-1), codes.close);
    const rude = await openSocket('/containers/shell/attach/ws?stream=1&stdin=1&stdout=1');
    rude.socket.write(Buffer.from([0x82, 0x01, 0x61]));
    await rude.ended;
    assert.equal(rude.codes().at(-1), codes.close);
    assert.equal(await ok(['inspect', '-f', '{{.State.Running}}', 'shell']), 'true');
  });

  test('over a WebSocket ends with the process', async () => {
    await ok(
      'create -i --name short base:1 sh -c read\u00a0x;echo\u00a0got;exit\u00a03'
        .replaceAll(' ', ' ')
        .split(' ')
        .map((word) => word.replaceAll('\u00a0', ' ')),
    );
    const socket = await openSocket('/containers/short/attach/ws?stream=1&stdin=1&stdout=1');
    await ok('start short');
    socket.send(codes.binary, 'x\n');
    await socket.ended;
    assert.equal(socket.text(), 'got\n');
    assert.equal(await ok('wait short'), '3');
  });

  test('over a WebSocket is refused without a handshake, and where attach is', async () => {
    const { socketPath } = suite.wharf;
    const plain = await exchange(socketPath, 'GET', '/containers/echo/attach/ws?stream=1');
    assert.deepEqual([plain.status, JSON.parse(plain.text).message], [400, 'not a WebSocket handshake']);
    await assert.rejects(openWebSocket(socketPath, '/containers/nosuch/attach/ws?stream=1'), /status 404/);
    await assert.rejects(
      openWebSocket(socketPath, '/containers/echo/attach/ws?stream=1&detachKeys=zz'),
      /status 400/,
    );
  });

  test('is refused in Docker’s words', async () => {
    const refused: readonly (readonly [query: string, status: number, text: string])[] = [
      ['nosuch/attach?stream=1', 404, 'No such container: nosuch'],
      ['echo/attach?stream=1&detachKeys=zz', 400, 'Invalid detach keys (zz) provided'],
    ];
    for (const [path, status, message] of refused) {
      const answer = await exchange(suite.wharf.socketPath, 'POST', `/containers/${path}`);
      assert.deepEqual([answer.status, JSON.parse(answer.text).message], [status, message]);
    }
  });

  test('gives many clients the same output, each from its log on, and none of it twice', async () => {
    const counting =
      'for i in $(seq 3000); do echo $i; done; until [ -e /tmp/go ]; do sleep 0.02; done; echo gone';
    await ok(['run', '-d', '--name', 'counts', 'base:1', 'sh', '-c', counting]);
    const head = 'POST /containers/counts/attach?logs=1&stream=1&stdout=1 HTTP/1.1\r\nHost: x\r\n\r\n';
    const answers = Array.from({ length: 5 }, () => converse(suite.wharf.socketPath, head, clients));
    await Promise.all(answers.map(({ begun }) => begun));
    await ok('exec counts touch /tmp/go');
    const received = await Promise.all(answers.map(({ whole }) => whole));
    const whole = Array.from({ length: 3000 }, (_, index) => `${index + 1}\n`).join('');
    for (const text of received) assert.equal(text, `${whole}gone\n`);
  });
});

/** Sends a request; `begun` when the answer begins, `whole` is its frames' payload until the server ends it. */
function converse(socketPath: string, head: string, clients: Socket[]) {
  const socket = connect({ path: socketPath, allowHalfOpen: true });
  clients.push(socket);
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(chunk));
  socket.write(head);
  return {
    begun: new Promise((resolve) => socket.once('data', resolve)),
    whole: new Promise<string>((resolve, reject) => {
      socket.on('end', () => resolve(withoutHeads(Buffer.concat(chunks)))).on('error', reject);
    }),
  };
}

function withoutHeads(answer: Buffer): string {
  let text = '';
  for (let at = answer.indexOf('\r\n\r\n') + 4; at + 8 <= answer.length; ) {
    const length = answer.readUInt32BE(at + 4);
    text += answer.toString('utf8', at + 8, at + 8 + length);
    at += 8 + length;
  }
  return text;
}
