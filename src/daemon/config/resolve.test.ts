import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseBytes } from './container-defaults.ts';
import { resolveSettings } from './resolve.ts';
import { loadTls } from './tls.ts';

test('resolveSettings() fills in defaults', () => {
  const settings = resolveSettings({});
  assert.deepEqual(settings.hosts, [{ kind: 'unix', path: '/var/run/docker.sock', group: undefined }]);
  assert.deepEqual(
    [settings.dataRoot, settings.execRoot, settings.pidfile, settings.container.shmBytes],
    ['/var/lib/wharf', '/run/wharf', '/run/wharf.pid', 67_108_864],
  );
  assert.deepEqual([settings.maxConcurrentDownloads, settings.maxDownloadAttempts], [3, 5]);
});

test('resolveSettings() reads hosts, mirrors and levels', () => {
  const { hosts, registryMirrors, logLevel } = resolveSettings({
    hosts: ['tcp://0.0.0.0:2375', 'tcp://[::1]:99', 'tcp://:77', 'fd://', 'fd://wharf.socket', 'h:1'],
    registryMirrors: ['https://m.example'],
    debug: true,
  });
  assert.deepEqual(hosts, [
    { kind: 'tcp', host: '0.0.0.0', port: 2375 },
    { kind: 'tcp', host: '::1', port: 99 },
    { kind: 'tcp', host: 'localhost', port: 77 },
    { kind: 'fd', which: '*' },
    { kind: 'fd', which: 'wharf.socket' },
    { kind: 'tcp', host: 'h', port: 1 },
  ]);
  assert.deepEqual(registryMirrors, ['https://m.example/']);
  assert.equal(logLevel, 'debug');
});

test('resolveSettings() uses port 2376 with TLS', () => {
  const { hosts, tls } = resolveSettings({
    hosts: ['tcp://h'],
    tlsVerify: true,
    tlsCert: '/c',
    tlsKey: '/k',
    tlsCaCert: '/a',
  });
  assert.deepEqual(hosts, [{ kind: 'tcp', host: 'h', port: 2376 }]);
  assert.deepEqual(tls, { certificate: '/c', key: '/k', clientAuthority: '/a' });
  assert.equal(resolveSettings({ tls: true, tlsCaCert: '/a' }).tls?.clientAuthority, undefined);
});

test('loadTls() names the files that it could not read', () => {
  assert.throws(
    () => loadTls({ certificate: '/no/c', key: '/no/k', clientAuthority: undefined }),
    /invalid TLS configuration: Could not load X509 key pair \(cert: "\/no\/c", key: "\/no\/k"\): /,
  );
});

test('resolveSettings() gives containers what the daemon was told', () => {
  const { container } = resolveSettings({
    ulimits: { nofile: { Name: '', Soft: 1, Hard: 2 } },
    noNewPrivileges: true,
    seccompProfile: 'unconfined',
    init: true,
  });
  assert.deepEqual(container.ulimits, [{ Name: 'nofile', Soft: 1, Hard: 2 }]);
  assert.deepEqual(container.securityOptions, ['no-new-privileges', 'seccomp=unconfined']);
  assert.equal(container.init, true);
});

test('parseBytes() knows units', () => {
  assert.deepEqual(['64m', '1g', '10', '1.5k', '2MiB'].map(parseBytes), [
    67_108_864,
    2 ** 30,
    10,
    1536,
    2 ** 21,
  ]);
});
