import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { Wire } from '#http1';
import type { SocketEndpoint } from '../types.ts';
import { bunAvailable, connectBun } from './bun-wire.ts';
import { connectNode } from './node-wire.ts';

const wires: Record<string, (endpoint: SocketEndpoint) => Promise<Wire>> = { connectNode };
if (bunAvailable) wires.connectBun = connectBun;

async function readAll(wire: Wire): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for (let part = await wire.read(); part !== undefined; part = await wire.read()) parts.push(part);
  return Buffer.concat(parts);
}

for (const [name, open] of Object.entries(wires)) {
  describe(name, () => {
    let folder: string;
    let server: Server;
    let serve: (socket: Socket) => void;
    const connect = () => open({ kind: 'unix', text: '', path: join(folder, 's') });

    beforeEach(async () => {
      folder = mkdtempSync(join(tmpdir(), 'wharf-wire-'));
      server = createServer({ allowHalfOpen: true }, (socket) => serve(socket));
      await new Promise<void>((resolve) => server.listen(join(folder, 's'), resolve));
    });
    afterEach(async () => {
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true });
    });

    test('goes on reading after it ended its own direction', async () => {
      serve = (socket) => {
        let got = 0;
        socket.on('data', (part) => {
          got += part.length;
        });
        socket.on('end', () => socket.end(`got ${got}`));
      };
      const wire = await connect();
      await wire.write(Buffer.alloc(3_000_000));
      wire.end();
      assert.equal((await readAll(wire)).toString(), 'got 3000000');
      wire.destroy();
    });

    test('keeps what arrives before it is read, in order', async () => {
      const sent = Buffer.from(Array.from({ length: 5_000_000 }, (_, index) => index % 251));
      serve = (socket) => void socket.end(sent);
      const wire = await connect();
      const got = await readAll(wire);
      assert.ok(got.equals(sent));
      wire.destroy();
    });

    test('ends a reader that waits when it is destroyed', async () => {
      serve = (socket) => void socket.on('error', () => undefined).on('end', () => socket.end());
      const wire = await connect();
      const pending = wire.read();
      wire.destroy();
      assert.equal(await pending, undefined);
    });

    test('refuses to connect where nobody listens', async () => {
      serve = () => undefined;
      await assert.rejects(open({ kind: 'unix', text: '', path: join(folder, 'none') }));
    });
  });
}
