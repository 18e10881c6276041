import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { busyboxImage } from '../fixtures/busybox.ts';
import { useWharf } from '../testing/use-wharf.ts';

/** The daemon that a suite starts has its environment; that of this file is to keep the old variables. */
process.env.DOCKER_KEEP_DEPRECATED_LEGACY_LINKS_ENV_VARS = '1';

describe('links on the default bridge', () => {
  const image = busyboxImage('box:1', { ExposedPorts: { '5432/tcp': {} }, Cmd: ['sleep', '1000'] });
  const { ok, docker } = useWharf([image]);
  const addressOf = (name: string) =>
    ok(['inspect', '-f', '{{.NetworkSettings.Networks.bridge.IPAddress}}', name]);

  test('F18 J08 the linked container is found by its alias, and told by variables', async () => {
    await ok('run -d --init --name store -h shelf -e COLOUR=red box:1');
    const address = await addressOf('store');
    const output = await ok([
      ...['run', '--rm', '--name', 'reader', '--link', 'store:db', 'box:1'],
      ...['sh', '-c', 'cat /etc/hosts; env; ping -c 1 db; ping -c 1 store'],
    ]);
    assert.match(output, new RegExp(`^${address}\tdb shelf store$`, 'm'));
    assert.match(output, new RegExp(`^DB_PORT=tcp://${address}:5432$`, 'm'));
    assert.match(output, new RegExp(`^DB_PORT_5432_TCP_ADDR=${address}$`, 'm'));
    assert.match(output, /^DB_NAME=\/reader\/db$/m);
    assert.match(output, /^DB_ENV_COLOUR=red$/m);
    assert.equal([...output.matchAll(/1 packets received/g)].length, 2);
  });

  test('a link follows its container through a restart', async () => {
    await ok('run -d --init --name reader --link store box:1');
    assert.equal(
      await ok(['inspect', '-f', '{{json .HostConfig.Links}}', 'reader']),
      '["/store:/reader/store"]',
    );
    await ok('stop -t 0 store');
    await ok('run -d --init --name squatter box:1');
    await ok('start store');
    const address = await addressOf('store');
    assert.match(await ok('exec reader cat /etc/hosts'), new RegExp(`^${address}\tstore shelf$`, 'm'));
    assert.match(await ok('exec reader ping -c 1 store'), /1 packets received/);
    await ok('rm -f squatter');
  });

  test('a link follows its container when that gets another name', async () => {
    const links = ['inspect', '-f', '{{json .HostConfig.Links}}', 'reader'];
    await ok('rename store shop');
    assert.equal(await ok(links), '["/shop:/reader/store"]');
    await ok('stop -t 0 shop');
    await ok('run -d --init --name squatter box:1');
    await ok('start shop');
    const lines = (await ok('exec reader cat /etc/hosts')).split('\n');
    const address = await addressOf('shop');
    assert.deepEqual(
      lines.filter((line) => line.includes('\tstore ')),
      [`${address}\tstore shelf shop`],
    );
    await ok('rename shop store');
    await ok('rm -f squatter');
  });

  test('links are refused where they can mean nothing, and leave other networks alone', async () => {
    const { stderr } = await docker('run --rm --network host --link store box:1 true');
    assert.match(stderr, /conflicting options: host type networking can't be used with links/);
    await ok('run --rm --network none --link nobody box:1 true');
  });

  test('a link is removed by its name', async () => {
    await ok('run -d --init --name pair --link store:one --link store:two box:1');
    assert.equal(await ok('rm --link pair/one'), 'pair/one');
    assert.equal(await ok(['inspect', '-f', '{{json .HostConfig.Links}}', 'pair']), '["/store:/pair/two"]');
    assert.match((await docker('rm --link pair/one')).stderr, /No such container: pair\/one/);
    assert.match((await docker('rm --link pair')).stderr, /cannot remove the default link name/);
    await ok('rm -f pair');
  });

  test('a link to what does not run is refused at the start, one to nothing at the creation', async () => {
    await ok('rm -f reader');
    await ok('stop -t 0 store');
    const refused = await docker('run --name reader --link store:db box:1');
    assert.equal(refused.code, 125);
    assert.match(refused.stderr, /Cannot link to a non running container: \/store AS \/reader\/db/);
    assert.match((await docker('run --link nobody box:1')).stderr, /could not get container for nobody/);
    await ok('rm -f reader store');
  });
});
