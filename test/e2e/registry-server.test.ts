import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { busyboxImage } from '../fixtures/busybox.ts';
import { startRegistry, type TestRegistry } from '../fixtures/registry.ts';
import { makeTar } from '../fixtures/tar.ts';
import { type OwnRegistry, startOwnRegistry } from '../testing/registry-server.ts';
import { skopeo } from '../testing/skopeo.ts';
import { useWharf } from '../testing/use-wharf.ts';
import { startWharf } from '../testing/wharf.ts';

describe('our registry', () => {
  const suite = useWharf([busyboxImage('base:1')]);
  let own: OwnRegistry;
  let debian: TestRegistry;
  let folder = '';
  before(async () => {
    folder = await mkdtemp('/var/tmp/wharf-test-skopeo-');
    own = await startOwnRegistry();
    debian = await startRegistry();
  });
  after(async () => {
    await own?.[Symbol.asyncDispose]();
    await debian?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  const digestAt = async (base: string, name: string) => {
    const accept =
      'application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json';
    const response = await fetch(`http://${base}/v2/${name.replace(':', '/manifests/')}`, {
      headers: { accept },
    });
    assert.equal(response.status, 200);
    return response.headers.get('docker-content-digest');
  };

  const copy = (args: readonly string[]) => skopeo(folder, args);

  test('takes what the stock client pushes, and gives it back', async () => {
    const name = `${own.address}/team/base:1`;
    await suite.ok(['tag', 'base:1', name]);
    const pushed = await suite.ok(['push', name]);
    const digest = await digestAt(own.address, 'team/base:1');
    assert.ok(pushed.includes(`digest: ${digest}`), pushed);
    await suite.ok(['rmi', name, 'base:1']);
    assert.match(await suite.ok(['pull', name]), new RegExp(`Digest: ${digest}`));
    assert.equal(await suite.ok(['run', '--rm', name, 'echo', 'from our registry']), 'from our registry');
    await suite.ok(['tag', name, 'base:1']);
  });

  test('mounts layers of another repository', async () => {
    const name = `${own.address}/team/second:1`;
    await suite.ok(['tag', 'base:1', name]);
    const pushed = await suite.ok(['push', name]);
    assert.match(pushed, /Mounted from team\/base|Layer already exists/);
    assert.equal(await digestAt(own.address, 'team/second:1'), await digestAt(own.address, 'team/base:1'));
  });

  test('pushes of all tags are listed', async () => {
    const name = `${own.address}/team/tags`;
    for (const tag of ['a', 'b', 'c']) await suite.ok(['tag', 'base:1', `${name}:${tag}`]);
    await suite.ok(['push', '-q', '-a', name]);
    const response = await own.ask('GET', '/v2/team/tags/tags/list');
    assert.deepEqual(JSON.parse(await response.text()).tags, ['a', 'b', 'c']);
  });

  test('skopeo copies there and back without a change of a byte', async () => {
    const ours = `docker://${own.address}/skopeo/base:1`;
    const theirs = `docker://${debian.address}/skopeo/base:1`;
    const plain = ['--src-tls-verify=false', '--dest-tls-verify=false'];
    await copy(['copy', ...plain, `docker://${own.address}/team/base:1`, `oci:${folder}/layout:1`]);
    await copy(['copy', ...plain, `oci:${folder}/layout:1`, ours]);
    await copy(['copy', ...plain, ours, theirs]);
    assert.equal(
      await digestAt(own.address, 'skopeo/base:1'),
      await digestAt(debian.address, 'skopeo/base:1'),
    );
    await copy(['copy', ...plain, theirs, `docker://${own.address}/skopeo/back:1`]);
    assert.equal(await digestAt(own.address, 'skopeo/back:1'), await digestAt(own.address, 'skopeo/base:1'));
  });

  test('skopeo inspects, lists and deletes', async () => {
    const ours = `docker://${own.address}/skopeo/base`;
    const seen = JSON.parse(await copy(['inspect', '--tls-verify=false', `${ours}:1`]));
    assert.equal(seen.Digest, await digestAt(own.address, 'skopeo/base:1'));
    const { Tags } = JSON.parse(await copy(['list-tags', '--tls-verify=false', ours]));
    assert.deepEqual(Tags, ['1']);
    await copy(['delete', '--tls-verify=false', `${ours}:1`]);
    assert.equal((await own.ask('GET', '/v2/skopeo/base/manifests/1')).status, 404);
  });

  test('a copy of another registry, named or as a mirror, serves what it has when that is gone', async () => {
    const layers = [makeTar([{ path: 'far', content: 'a layer that nobody here has' }])];
    await debian.push({ name: 'library/far:1', layers });
    await using cache = await startOwnRegistry({ args: ['--cache', `http://${debian.address}`] });
    await using mirrored = await startWharf({ args: ['--registry-mirror', `http://${cache.address}`] });
    const name = `${cache.address}/library/far:1`;
    await suite.ok(['pull', '-q', name]);
    await suite.ok(['rmi', name]);
    await debian[Symbol.asyncDispose]();
    await suite.ok(['pull', '-q', name]);
    await mirrored.dockerOk(['pull', '-q', 'far:1']);
    const refused = await suite.docker(['push', name]);
    assert.notEqual(refused.code, 0);
  });
});
