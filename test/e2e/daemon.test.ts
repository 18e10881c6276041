import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { describe, test } from 'node:test';
import { findLeaks } from '../../tools/leaks.ts';
import { busyboxImage } from '../fixtures/busybox.ts';
import { dockerArchive } from '../fixtures/image.ts';
import { startRegistry } from '../fixtures/registry.ts';
import { freePort } from '../testing/free-port.ts';
import { repository, runProgram } from '../testing/programs.ts';
import { useWharf } from '../testing/use-wharf.ts';
import { startWharf } from '../testing/wharf.ts';

describe('the daemon', () => {
  const suite = useWharf([busyboxImage('base:1')]);
  const { docker, ok } = suite;

  test('A05 serves a unix socket and TCP at once', async () => {
    const port = await freePort();
    await using wharf = await startWharf({ args: ['-H', `tcp://127.0.0.1:${port}`] });
    assert.equal(await wharf.dockerOk(['ps', '-q']), '');
    assert.equal(await wharf.dockerOk(['-H', `tcp://127.0.0.1:${port}`, 'ps', '-q']), '');
  });

  test('A14 each container has an OCI config.json on disk', async () => {
    const id = await ok('run -d base:1 sleep 99');
    const spec = JSON.parse(readFileSync(`${suite.wharf.execRoot}/containers/${id}/config.json`, 'utf8'));
    assert.match(spec.ociVersion, /^1\./);
    assert.deepEqual(spec.process.args, ['sleep', '99']);
    assert.equal(typeof spec.root.path, 'string');
    await ok(['rm', '-f', id]);
  });

  test('A17 the API is versioned and negotiated', async () => {
    assert.equal(
      await ok(['version', '-f', '{{.Server.APIVersion}} {{.Server.MinAPIVersion}}']),
      '1.51 1.24',
    );
    assert.match(await ok('version', { env: { DOCKER_API_VERSION: '1.44' } }), /API version:\s+1\.44/);
    const old = await docker('version', { env: { DOCKER_API_VERSION: '1.10' } });
    assert.match(old.stderr, /client version 1\.10 is too old\. Minimum supported API version is 1\.24/);
  });

  test('A18 the socket is for root and its group only', () => {
    assert.equal(statSync(suite.wharf.socketPath).mode & 0o777, 0o660);
  });

  test('B07 N01 version shows client and server', async () => {
    const text = await ok('version');
    assert.match(
      text,
      /Client:[\s\S]*Server:[\s\S]*Engine:[\s\S]*Version:[\s\S]*API version:\s+1\.51 \(minimum version 1\.24\)/,
    );
    assert.match(text, /containerd:[\s\S]*runc:[\s\S]*docker-init:/);
    const fields = JSON.parse(await ok(['version', '-f', '{{json .Server}}']));
    const names = [
      'Version',
      'ApiVersion',
      'MinAPIVersion',
      'GitCommit',
      'GoVersion',
      'Os',
      'Arch',
      'KernelVersion',
    ];
    for (const name of [...names, 'BuildTime']) assert.ok(fields[name], name);
    assert.deepEqual(
      fields.Components.map(({ Name }: { Name: string }) => Name),
      ['Engine', 'containerd', 'runc', 'docker-init'],
    );
    assert.equal(fields.Components[0].Details.Experimental, 'false');
    const down = await docker('version', { env: { DOCKER_HOST: 'unix:///nowhere.sock' } });
    assert.equal(down.code, 1);
    assert.match(
      down.stderr,
      /Cannot connect to the Docker daemon at unix:\/\/\/nowhere\.sock\. Is the docker daemon running\?/,
    );
  });

  test('B11 B12 N06 a mirror is asked first for Docker Hub names, and info shows it', async () => {
    await using registry = await startRegistry();
    await registry.push(busyboxImage('library/mirrored:1'));
    await using wharf = await startWharf({ args: ['--registry-mirror', `http://${registry.address}`] });
    await wharf.dockerOk(['pull', 'mirrored:1']);
    assert.match(await wharf.dockerOk(['images']), /^mirrored\s+1\s/m);
    assert.match(
      await wharf.dockerOk(['info']),
      new RegExp(`Registry Mirrors:\\n\\s+http://${registry.address}/`),
    );
  });

  test('B13 info names the storage driver', async () => {
    assert.match(await ok(['info', '-f', '{{.Driver}}']), /^(erofs|unpack)$/);
    assert.match(
      await ok('info'),
      /Storage Driver: .*\n {2}Backing Filesystem: \S+\n[\s\S]*Cgroup Version: [12]/,
    );
  });

  test('B09 after a clean stop without containers the host has no trace but the data root', async () => {
    const wharf = await startWharf();
    await wharf.dockerOk(['load', '-q'], { input: dockerArchive(busyboxImage('base:1')) });
    await wharf.dockerOk(['run', '--rm', 'base:1', 'true']);
    await wharf.stop();
    const mark = wharf.bridge.slice(-6);
    assert.deepEqual(
      findLeaks().filter((leak) => leak.includes(mark)),
      [`file: ${wharf.folder}`],
    );
    await wharf[Symbol.asyncDispose]();
  });

  test('a second daemon on the same data root is refused', async () => {
    const args = [
      '--data-root',
      suite.wharf.dataRoot,
      '--exec-root',
      `${suite.wharf.folder}/other`,
      '-H',
      `unix://${suite.wharf.folder}/other.sock`,
    ];
    const output = await runProgram(`${repository}bin/wharfd`, [
      ...args,
      '--pidfile',
      `${suite.wharf.folder}/other.pid`,
    ]);
    assert.notEqual(output.code, 0);
    assert.match(output.stderr, /failed to start daemon: .* is in use by another daemon/);
  });

  test('A13 either side of the boundary between daemon and shim can be started anew', async () => {
    const id = await ok('run -d --name ferry base:1 sleep 99');
    const shim = () => Number(readFileSync(`${suite.wharf.execRoot}/containers/${id}/shim.pid`, 'utf8'));
    const first = shim();
    await suite.wharf.stop('SIGKILL');
    await suite.wharf.start();
    assert.equal(shim(), first);
    assert.equal(await ok('exec ferry echo ahoy'), 'ahoy');
    process.kill(first, 'SIGKILL');
    assert.match(await ok('wait ferry'), /^\d+$/);
    assert.equal(await ok(['inspect', '-f', '{{.State.Status}}', 'ferry']), 'exited');
    await ok('start ferry');
    assert.notEqual(shim(), first);
    assert.equal(await ok('exec ferry echo ahoy'), 'ahoy');
    await ok('rm -f ferry');
  });

  test('B01 the check tries what the host has, names what is missing, and leaves nothing', async () => {
    const check = await runProgram(`${repository}bin/wharfd`, ['--check', '--data-root', suite.wharf.folder]);
    assert.equal(check.code, 0, check.stdout);
    assert.match(check.stdout, /^Linux \d[\s\S]*^ok +namespaces +ipc mnt net pid uts$[\s\S]*^ok +nftables$/m);
    const json = ['--check', '--check-format', 'json', '--data-root', suite.wharf.folder];
    const findings = JSON.parse((await runProgram(`${repository}bin/wharfd`, json)).stdout);
    assert.ok(findings.some(({ feature }: { feature: string }) => feature === 'overlayfs'));
    const left = readdirSync(suite.wharf.folder).filter((name) => name.startsWith('check-'));
    assert.deepEqual([left, existsSync('/sys/class/net/wharf-check')], [[], false]);
  });

  test('B01 the check of somebody without rights says what they lack', async () => {
    const powerless = ['--inh-caps=-all', '--bounding-set=-all', '--'];
    const program = [`${repository}bin/wharfd`, '--check', '--data-root', '/tmp'];
    const check = await runProgram('setpriv', [...powerless, ...program]);
    assert.equal(check.code, 1);
    assert.match(check.stdout, /missing +rights of root +lacking CAP_SYS_ADMIN/);
    assert.match(check.stdout, /No container can run here: rights of root/);
  });
});
