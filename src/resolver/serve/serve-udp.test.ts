import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { test } from 'node:test';
import { connectDatagrams, writeAvailable } from '#linux';
import { serveUdp } from './serve-udp.ts';

const loopback = Uint8Array.of(127, 0, 0, 1);

test('serveUdp() sends nothing after it is disposed of: the descriptor may be somebody else’s', async () => {
  const client = createSocket('udp4');
  try {
    client.bind(0, '127.0.0.1');
    await once(client, 'listening');
    using served = connectDatagrams({ address: loopback, port: client.address().port }, process.pid);
    writeAvailable(served.fd, Buffer.from('here'));
    const [, { port }] = await once(client, 'message');

    const asked = Promise.withResolvers<void>();
    const late = Promise.withResolvers<Uint8Array>();
    const service = serveUdp(served.fd, {
      respond: () => {
        asked.resolve();
        return late.promise;
      },
    });
    client.send('question', port, '127.0.0.1');
    await asked.promise;
    service[Symbol.dispose]();
    late.resolve(Buffer.from('late'));
    await late.promise;
    await new Promise(setImmediate);
    writeAvailable(served.fd, Buffer.from('next'));
    const [message] = await once(client, 'message');
    assert.equal(String(message), 'next');
  } finally {
    client.close();
  }
});
