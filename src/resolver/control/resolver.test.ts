import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { HostServers } from '../upstream/host-servers.ts';
import { Resolver } from './resolver.ts';

const sandbox = {
  containerId: 'c',
  endpoints: [],
  links: [],
  forwards: false,
  servers: [],
  hostAddresses: [],
};

test('a container that was told anew before its end was seen is answered again', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'wharf-test-shim-'));
  const shim = createServer().listen(join(directory, 'shim.sock'));
  try {
    await once(shim, 'listening');
    const idle = Promise.withResolvers<void>();
    const resolver = new Resolver(new HostServers('/nonexistent'), {
      onIdle: idle.resolve,
      onMessage: () => {},
    });
    const connected = async (): Promise<Socket> => (await once(shim, 'connection'))[0];
    const first = connected();
    resolver.follow({ type: 'set', sandbox, directory });
    const ended = await first;
    resolver.follow({ type: 'set', sandbox, directory });
    const second = connected();
    ended.destroy();
    (await second).destroy();
    await idle.promise;
    assert.ok(resolver.isIdle);
  } finally {
    shim.close();
    rmSync(directory, { recursive: true });
  }
});
