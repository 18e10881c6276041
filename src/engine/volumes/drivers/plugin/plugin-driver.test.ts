import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { type DriverFixture, testVolumeDriver } from '../../testing/conformance.ts';
import { startPlugin, type TestPlugin } from '../../testing/plugin.ts';
import { PluginDrivers } from './plugin-drivers.ts';

interface PluginFixture extends DriverFixture {
  readonly folder: string;
  readonly plugin: TestPlugin;
  readonly drivers: PluginDrivers;
}

async function openPlugin(): Promise<PluginFixture> {
  const folder = mkdtempSync(join(tmpdir(), 'wt-plugin-'));
  const folders = { sockets: folder, specs: [join(folder, 'specs')] };
  mkdirSync(join(folder, 'specs'));
  const plugin = await startPlugin(join(folder, 'cloud.sock'), join(folder, 'files'));
  const drivers = new PluginDrivers(folders);
  const driver = await drivers.find('cloud');
  const again = await new PluginDrivers(folders).find('cloud');
  return {
    folder,
    plugin,
    drivers,
    driver,
    reopen: () => again,
    async [Symbol.asyncDispose]() {
      await plugin[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true });
    },
  };
}

testVolumeDriver('plugin', openPlugin);

test('a plugin is asked in the protocol of Docker, with the user as the id of a mount', async () => {
  await using fixture = await openPlugin();
  const { driver, plugin } = fixture;
  const hold = { name: 'hold', options: { color: 'red' } };
  await driver.create(hold);
  await driver.mount(hold, { user: 'c1', isNew: true });
  assert.deepEqual(await driver.get(hold), {
    name: 'hold',
    mountpoint: join(fixture.folder, 'files/hold'),
    createdNs: 1714557600_000_000_000n,
    status: { users: 1 },
  });
  await driver.unmount(hold, { user: 'c1', isLast: true });
  assert.deepEqual(plugin.calls.slice(-5), [
    'Get hold',
    'Create hold',
    'Mount hold c1',
    'Get hold',
    'Unmount hold c1',
  ]);
  assert.equal(driver.scope, 'global');
});

test('the words of a plugin that refuses are told', async () => {
  await using fixture = await openPlugin();
  fixture.plugin.refuseNext('Create', 'the cloud is full');
  await assert.rejects(
    fixture.driver.create({ name: 'hold', options: {} }),
    /^EngineError: the cloud is full$/,
  );
});

test('of the words of a plugin no more is told than is read', async () => {
  await using fixture = await openPlugin();
  fixture.plugin.refuseNext('Create', 'no'.repeat(1 << 20));
  await assert.rejects(
    fixture.driver.create({ name: 'hold', options: {} }),
    ({ message }: Error) => /^nono/.test(message) && message.length < 2000,
  );
});

test('names that nobody could read are not listed', async () => {
  await using fixture = await openPlugin();
  const names = ['hold', '', 'a\u001b[31mb', 'two\nlines', 'a b/c'];
  for (const name of names) await fixture.driver.create({ name, options: {} });
  const listed = (await fixture.driver.list()).map(({ name }) => name);
  assert.deepEqual(listed, ['hold', 'a b/c']);
});

test('a plugin that did not answer is not waited for again at once', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'wt-plugin-'));
  let calls = 0;
  const server = createServer((socket) => {
    calls += 1;
    socket.resume();
  }).listen(join(folder, 'mute.sock'));
  await new Promise((resolve) => server.once('listening', resolve));
  try {
    const drivers = new PluginDrivers({ sockets: folder, specs: [] }, 100);
    const asked = [drivers.find('mute'), drivers.find('mute')];
    for (const find of asked) await assert.rejects(find, { kind: 'unavailable' });
    await assert.rejects(drivers.find('mute'), { kind: 'unavailable' });
    assert.equal(calls, 1);
  } finally {
    await new Promise((resolve) => server.close(resolve));
    rmSync(folder, { recursive: true });
  }
});

test('a plugin is found by its socket, by an address in a file, and by nothing that leads elsewhere', async () => {
  await using fixture = await openPlugin();
  const { drivers, folder } = fixture;
  writeFileSync(join(folder, 'specs/far.spec'), `unix://${folder}/cloud.sock\n`);
  writeFileSync(
    join(folder, 'specs/json.json'),
    JSON.stringify({ Name: 'json', Addr: `unix://${folder}/cloud.sock` }),
  );
  assert.deepEqual(drivers.names(), ['cloud', 'far', 'json']);
  assert.equal((await drivers.find('far')).name, 'far');
  assert.equal((await drivers.find('json')).name, 'json');
  for (const name of ['none', '../cloud', 'files/../cloud', '', 'a'.repeat(300)]) {
    await assert.rejects(drivers.find(name), { kind: 'notFound' });
  }
  writeFileSync(join(folder, 'specs/bad.spec'), 'somewhere');
  await assert.rejects(drivers.find('bad'), { kind: 'invalid' });
});

test('what speaks no plugin’s language is told so, and hangs nobody', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'wt-plugin-'));
  const answers = [
    '',
    'SSH-2.0\r\n',
    'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n[1,2',
    'HTTP/1.1 500 no\r\n\r\nboom',
  ];
  try {
    for (const [index, answer] of answers.entries()) {
      const server = createServer((socket) => socket.resume().end(answer)).listen(
        join(folder, `p${index}.sock`),
      );
      await new Promise((resolve) => server.once('listening', resolve));
      const drivers = new PluginDrivers({ sockets: folder, specs: [] });
      await assert.rejects(drivers.find(`p${index}`), /Plugin\.Activate/);
      await new Promise((resolve) => server.close(resolve));
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});
