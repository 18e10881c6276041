import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type OpenDescriptor, receiveDatagram, sendDatagram, senderBytes } from '#linux';
import { takeHeldSockets } from '#task';
import { eventually, runProgram } from '../testing/programs.ts';
import { Box } from './core-box.ts';

const address = Uint8Array.of(127, 0, 0, 11);
const port = 61_053;
const udp = { op: 'holdSocket', protocol: 17, address, port } as const;
const tcp = { op: 'holdSocket', protocol: 6, address, port } as const;
const sleep = { argv: ['/bin/busybox', 'sleep', '99'], ownNetwork: true };

interface Taken extends Disposable {
  readonly sockets: Promise<readonly OpenDescriptor[]>;
  readonly ended: Promise<void>;
}

function take(box: Box): Taken {
  const sockets = Promise.withResolvers<readonly OpenDescriptor[]>();
  const ended = Promise.withResolvers<void>();
  const connection = takeHeldSockets(box.stateDir(), 2, {
    onSockets: (taken) => sockets.resolve(taken),
    onEnd: () => ended.resolve(),
  });
  return {
    sockets: sockets.promise,
    ended: ended.promise,
    [Symbol.dispose]: () => connection[Symbol.dispose](),
  };
}

/** Sends a datagram to the held socket inside, waits for one answer and gives it. */
function callInside(pid: number): Promise<string> {
  const script = `import socket
s = socket.socket(type=socket.SOCK_DGRAM); s.settimeout(5); s.connect(("127.0.0.11", ${port}))
s.send(b"anybody?"); print(s.recv(99).decode())`;
  const inside = ['-t', String(pid), '-n', '/usr/bin/python3', '-c', script];
  return runProgram('nsenter', inside).then(({ stdout, stderr }) => stdout.trim() + stderr);
}

test('what comes to a held socket waits there until somebody takes the socket', async () => {
  await using box = new Box();
  const task = await box.start({ ...sleep, after: [udp, tcp] });
  const answer = callInside(task.pid);
  using taken = take(box);
  const [datagrams, connections] = await taken.sockets;
  assert.ok(datagrams !== undefined && connections !== undefined);
  const [bytes, sender] = [new Uint8Array(99), new Uint8Array(senderBytes)];
  const length = await eventually('the question', () => receiveDatagram(datagrams.fd, bytes, sender));
  assert.equal(Buffer.from(bytes.subarray(0, length)).toString(), 'anybody?');
  sendDatagram(datagrams.fd, Buffer.from('me'), sender);
  assert.equal(await answer, 'me');

  await task.kill(9);
  await taken.ended;
  for (const socket of [datagrams, connections]) socket[Symbol.dispose]();
});

test('a second taker has the same sockets, and a container without any has none', async () => {
  await using box = new Box();
  await box.start({ ...sleep, after: [udp, tcp] });
  for (let round = 0; round < 2; round++) {
    using taken = take(box);
    const sockets = await taken.sockets;
    assert.equal(sockets.length, 2);
    for (const socket of sockets) socket[Symbol.dispose]();
  }
  await using bare = new Box();
  await bare.start(sleep);
  using none = take(bare);
  assert.deepEqual(await none.sockets, []);
});

test('more sockets than a shim holds, and an address of another place, fail the start', async () => {
  await using box = new Box();
  await assert.rejects(box.start({ ...sleep, after: [udp, tcp, udp] }), /too many open files/i);
  const elsewhere = { ...udp, address: Uint8Array.of(192, 0, 2, 1) };
  await assert.rejects(box.start({ ...sleep, after: [elsewhere] }), /holdSocket: address not available/);
});
