import assert from 'node:assert/strict';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { plan } from './forward.ts';
import { HostServers, publicServers } from './host-servers.ts';
import { parseResolvConf } from './resolv-conf.ts';
import { tryParseServer } from './server-address.ts';
import { ServerHealth } from './server-health.ts';

test('parseResolvConf() reads the last search or domain, and all servers and options', () => {
  const text =
    '# x\nnameserver 10.0.0.1\n nameserver\tfe80::1%eth0 \nsearch a\nsearch b c\noptions x\noptions y z\n';
  assert.deepEqual(parseResolvConf(text), {
    servers: ['10.0.0.1', 'fe80::1%eth0'],
    searchDomains: ['b', 'c'],
    options: ['x', 'y', 'z'],
  });
  assert.deepEqual(parseResolvConf('nameserver 10.0.0.1 # the office\nsearch a b\ndomain c\n'), {
    servers: ['10.0.0.1'],
    searchDomains: ['c'],
    options: [],
  });
  assert.deepEqual(parseResolvConf('nameserver\n;nameserver 1\ndomain d'), {
    servers: [],
    searchDomains: ['d'],
    options: [],
  });
});

test('plan() asks every server twice by UDP, and never takes longer than a client waits', () => {
  for (const count of [1, 2, 3]) {
    const attempts = plan(
      Array.from({ length: count }, (_, place) => `10.0.0.${place}`),
      'udp',
    );
    assert.equal(attempts.length, count * 2);
  }
  assert.deepEqual(plan(['a'], 'tcp'), [{ name: 'a', timeoutMs: 4500 }]);
});

test('ServerHealth puts servers last that did not answer, for a while', () => {
  let now = 0;
  const health = new ServerHealth(() => now);
  health.note('a', false, now);
  assert.deepEqual(health.inOrder(['a', 'b']), ['b', 'a']);
  now = 30_001;
  assert.deepEqual(health.inOrder(['a', 'b']), ['a', 'b']);
  health.note('a', false, now);
  health.note('a', true, now);
  assert.deepEqual(health.inOrder(['a', 'b']), ['a', 'b']);
});

test('ServerHealth keeps the place of a server that has answered others meanwhile', () => {
  let now = 0;
  const health = new ServerHealth(() => now);
  now = 1000;
  health.note('a', true, 900);
  health.note('a', false, 0);
  assert.deepEqual(health.inOrder(['a', 'b']), ['a', 'b']);
  health.note('a', false, 1001);
  assert.deepEqual(health.inOrder(['a', 'b']), ['b', 'a']);
});

test('tryParseServer() reads addresses of both families, behind a device too', () => {
  assert.deepEqual(tryParseServer('10.0.0.1'), { address: Uint8Array.of(10, 0, 0, 1), zone: 0 });
  assert.equal(tryParseServer('fe80::1%lo')?.zone, 1);
  for (const text of ['ns.example', 'fe80::1%', 'fe80::1%no-such-device', 'fe80::1%../lo', '']) {
    assert.equal(tryParseServer(text), undefined, text);
  }
});

describe('HostServers', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'wharf-test-resolv-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const path = () => join(folder, 'resolv.conf');

  test('follows the file, written in place or replaced', () => {
    writeFileSync(path(), 'nameserver 127.0.0.53\n');
    const servers = new HostServers(path());
    assert.deepEqual(servers.current, ['127.0.0.53']);
    writeFileSync(path(), 'nameserver 10.0.0.53\nnameserver 10.0.0.54\n');
    assert.deepEqual(servers.current, ['10.0.0.53', '10.0.0.54']);
    writeFileSync(`${path()}.new`, 'nameserver 10.0.0.99\n');
    renameSync(`${path()}.new`, path());
    assert.deepEqual(servers.current, ['10.0.0.99']);
  });

  test('keeps the last servers while there is no file, and has public ones for an empty one', () => {
    writeFileSync(path(), 'nameserver 10.0.0.53\n');
    const servers = new HostServers(path());
    assert.deepEqual(servers.current, ['10.0.0.53']);
    rmSync(path());
    assert.deepEqual(servers.current, ['10.0.0.53']);
    writeFileSync(path(), '');
    assert.deepEqual(servers.current, publicServers);
  });

  test('reads the front of a huge file, and no folder', () => {
    writeFileSync(path(), `nameserver 10.0.0.1\n${'# filler\n'.repeat(3_000_000)}nameserver 10.0.0.2\n`);
    assert.deepEqual(new HostServers(path()).current, ['10.0.0.1']);
    assert.deepEqual(new HostServers(folder).current, publicServers);
  });
});
