import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { startPlugin, type TestPlugin } from '../../src/engine/volumes/testing/plugin.ts';
import { busyboxImage } from '../fixtures/busybox.ts';
import { useWharf } from '../testing/use-wharf.ts';

const folder = mkdtempSync('/var/tmp/wharf-test-volumes-');
mkdirSync(`${folder}/plugins`);
mkdirSync(`${folder}/specs`);

describe('volumes that are elsewhere (H09)', () => {
  const suite = useWharf([busyboxImage('base:1')], {
    args: ['--plugin-socket-dir', `${folder}/plugins`, '--plugin-spec-dir', `${folder}/specs`],
  });
  const { docker, ok } = suite;
  let plugin: TestPlugin;

  before(async () => {
    plugin = await startPlugin(`${folder}/plugins/cloud.sock`, `${folder}/cloud`);
  });
  after(async () => {
    await plugin[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });

  const create = (name: string, ...options: string[]) =>
    ok(['volume', 'create', ...options.flatMap((option) => ['-o', option]), name]);
  const shell = (script: string, ...flags: string[]) =>
    ok(['run', '--rm', ...flags, 'base:1', 'sh', '-c', script]);
  /** What is mounted on the host at a volume's directory. */
  const mountsAt = (name: string) =>
    readFileSync('/proc/self/mountinfo', 'utf8')
      .split('\n')
      .filter((line) => line.includes(`${suite.wharf.dataRoot}/volumes/${name}/_data `));

  test('a tmpfs is there while containers use it, and gone with the last', async () => {
    await create('fast', 'type=tmpfs', 'device=tmpfs', 'o=size=1m,uid=1000');
    assert.equal(mountsAt('fast').length, 0);
    await ok('run -d --name first -v fast:/f base:1 sleep 1000');
    await ok('run -d --name second -v fast:/f:ro base:1 sleep 1000');
    await ok(['exec', 'first', 'sh', '-c', 'echo x > /f/x']);
    assert.equal(await ok('exec second cat /f/x'), 'x');
    assert.equal(await ok('exec second stat -c %u /f'), '1000');
    assert.match(await ok('exec first df -k /f'), /^tmpfs\s+1024 /m);
    assert.equal(mountsAt('fast').length, 1);
    await ok('rm -f first');
    assert.equal(mountsAt('fast').length, 1);
    assert.equal(await ok('exec second cat /f/x'), 'x');
    await ok('rm -f second');
    assert.equal(mountsAt('fast').length, 0);
    assert.equal(await shell('ls /f', '-v', 'fast:/f'), '');
    await ok('volume rm fast');
  });

  test('a bind of the host shows what is there; removing the volume leaves it', async () => {
    mkdirSync(`${folder}/host`);
    writeFileSync(`${folder}/host/x`, 'from the host');
    await create('bound', 'type=none', `device=${folder}/host`, 'o=bind,ro');
    assert.equal(await shell('cat /b/x', '-v', 'bound:/b'), 'from the host');
    const refused = await docker(['run', '--rm', '-v', 'bound:/b', 'base:1', 'touch', '/b/y']);
    assert.match(refused.stderr, /Read-only file system/);
    const options = JSON.parse(await ok(['volume', 'inspect', '-f', '{{json .Options}}', 'bound']));
    assert.deepEqual(options, { type: 'none', device: `${folder}/host`, o: 'bind,ro' });
    await ok('volume rm bound');
    assert.deepEqual(readdirSync(`${folder}/host`), ['x']);
  });

  test('a size is the most that a volume takes, and it begins as empty as any', async () => {
    await create('small', 'size=4m');
    assert.equal(await shell('ls -A /s', '-v', 'small:/s'), '');
    const full = await docker([
      'run',
      '--rm',
      '-v',
      'small:/s',
      'base:1',
      'dd',
      'if=/dev/zero',
      'of=/s/x',
      'bs=1M',
      'count=8',
    ]);
    assert.match(full.stderr, /No space left on device/);
    assert.ok(Number(await shell('stat -c %s /s/x', '-v', 'small:/s')) < 4 << 20);
    assert.equal(mountsAt('small').length, 0);
    assert.match((await docker('volume create -o size=zz v1')).stderr, /create v1: invalid size: 'zz'/);
    await ok('volume rm small');
  });

  test('a daemon that is killed finds its mounts again, and gives back what ended meanwhile', async () => {
    for (const name of ['kept', 'lost']) await create(name, 'type=tmpfs', 'device=tmpfs');
    await ok([
      'run',
      '-d',
      '--name',
      'keeper',
      '-v',
      'kept:/k',
      'base:1',
      'sh',
      '-c',
      'echo x > /k/x; sleep 1000',
    ]);
    await ok('run -d --name loser -v lost:/l base:1 sleep 1000');
    const pid = Number(await ok(['inspect', '-f', '{{.State.Pid}}', 'loser']));
    await suite.wharf.stop('SIGKILL');
    process.kill(pid, 'SIGKILL');
    assert.deepEqual([mountsAt('kept').length, mountsAt('lost').length], [1, 1]);
    await suite.wharf.start();
    assert.deepEqual([mountsAt('kept').length, mountsAt('lost').length], [1, 0]);
    assert.equal(await shell('cat /k/x', '-v', 'kept:/k'), 'x');
    assert.equal(mountsAt('kept').length, 1);
    await ok('rm -f keeper loser');
    assert.equal(mountsAt('kept').length, 0);
    await ok('volume rm kept lost');
  });

  test('what cannot be mounted is told in Docker’s words, and no password with it', async () => {
    const refusal = async (name: string) =>
      (await docker(['run', '--rm', '-v', `${name}:/x`, 'base:1', 'true'])).stderr;
    const at = (name: string) => `${suite.wharf.dataRoot}/volumes/${name}/_data`;
    await create('nowhere', 'type=none', 'device=/nowhere/at/all', 'o=bind');
    assert.match(
      await refusal('nowhere'),
      new RegExp(
        `error while mounting volume '${at('nowhere')}': failed to mount local volume: mount /nowhere/at/all:${at('nowhere')}, flags: 0x1000: no such file or directory`,
      ),
    );
    await create(
      'share',
      'type=no-such-fs',
      'device=//127.0.0.1/s',
      'o=username=a,password=secret,password2=secret,ro',
    );
    assert.match(
      await refusal('share'),
      /flags: 0x1, data: username=a,password=\*{8},password2=\*{8}: no such/,
    );
    await create('unknown', 'type=nfs', 'device=:/x', 'o=addr=nobody.invalid,rw');
    assert.match(
      await refusal('unknown'),
      /error resolving passed in network volume address: lookup nobody\.invalid/,
    );
    const bad = await docker('volume create -o type=tmpfs v1');
    assert.match(bad.stderr, /create v1: missing required option: "device"/);
    await ok('volume rm nowhere share unknown');
  });

  test('a plugin keeps volumes; it is told who mounts them', async () => {
    assert.equal(await ok('volume create -d cloud -o color=red sky'), 'sky');
    assert.match(await ok('volume ls'), /^cloud\s+sky$/m);
    assert.equal(
      await ok(['volume', 'inspect', '-f', '{{.Driver}} {{.Scope}} {{.Options.color}}', 'sky']),
      'cloud global red',
    );
    const id = await ok('run -d --name flier -v sky:/a -v sky:/b base:1 sleep 1000');
    await ok(['exec', 'flier', 'sh', '-c', 'echo x > /a/x; cat /b/x']);
    assert.equal(readFileSync(`${folder}/cloud/sky/x`, 'utf8'), 'x\n');
    assert.equal(await ok(['inspect', '-f', '{{(index .Mounts 0).Driver}}', 'flier']), 'cloud');
    assert.match((await docker('volume rm sky')).stderr, new RegExp(`volume is in use - \\[${id}\\]`));
    await ok('rm -f flier');
    const uses = plugin.calls.filter((call) => call.endsWith(id));
    assert.deepEqual(uses, [`Mount sky ${id}`, `Unmount sky ${id}`]);
    await ok('volume rm sky');
    assert.equal(existsSync(`${folder}/cloud/sky`), false);
  });

  test('run makes a volume of the driver that it names, and takes an anonymous one away', async () => {
    await shell('echo x > /d/x', '--volume-driver', 'cloud', '-v', 'made:/d');
    assert.equal(readFileSync(`${folder}/cloud/made/x`, 'utf8'), 'x\n');
    const spec = 'type=volume,src=blue,dst=/d,volume-driver=cloud,volume-opt=color=blue,volume-label=a=b';
    await shell('true', '--mount', spec);
    assert.equal(await ok(['volume', 'inspect', '-f', '{{.Labels.a}} {{.Driver}}', 'blue']), 'b cloud');
    await shell('true', '--volume-driver', 'cloud', '-v', '/d');
    assert.equal(await ok('volume ls -q --filter driver=cloud'), 'blue\nmade');
    assert.equal(await ok('volume prune -af'), 'Total reclaimed space: 0B');
    await ok('volume rm blue made');
  });

  test('a volume that a plugin has already is used by its name, and can be removed', async () => {
    await ok('volume create -d cloud old');
    await plugin[Symbol.asyncDispose]();
    await ok('volume rm -f old');
    plugin = await startPlugin(`${folder}/plugins/cloud.sock`, `${folder}/cloud`, ['old']);
    assert.match(await ok('volume ls'), /^cloud\s+old$/m);
    await shell('echo x > /d/x', '-v', 'old:/d');
    assert.equal(readFileSync(`${folder}/cloud/old/x`, 'utf8'), 'x\n');
    await ok('volume rm old');
    assert.equal(existsSync(`${folder}/cloud/old`), false);
  });

  test('the refusals of a plugin, and of names that no driver has', async () => {
    plugin.refuseNext('Create', 'the cloud is full');
    assert.match((await docker('volume create -d cloud v1')).stderr, /create v1: the cloud is full/);
    await ok('volume create -d cloud sky');
    const taken = await docker('volume create -d local sky');
    assert.match(
      taken.stderr,
      /create sky: driver 'cloud' already has volume 'sky': volume name must be unique/,
    );
    plugin.refuseNext('Mount', 'the cloud is down');
    const down = await docker('run --name down -v sky:/x base:1 true');
    assert.match(down.stderr, /error while mounting volume '.*': the cloud is down/);
    assert.equal(await ok('start -a down'), '');
    await ok('rm down');
    await ok('volume rm sky');
    const unknown = await docker('volume create -d nobody v1');
    assert.match(
      unknown.stderr,
      /create v1: error looking up volume plugin nobody: plugin "nobody" not found/,
    );
  });

  test('a plugin that is away costs its volumes, not the others; it may come back elsewhere', async () => {
    await ok('volume create -d cloud sky');
    await ok('volume create here');
    await plugin[Symbol.asyncDispose]();
    assert.equal(await ok('volume ls -q'), 'here');
    assert.match(
      (await docker('run --rm --pull never -v sky:/x base:1 true')).stderr,
      /plugin "cloud" not found/,
    );
    plugin = await startPlugin(`${folder}/elsewhere.sock`, `${folder}/cloud`);
    writeFileSync(`${folder}/specs/cloud.spec`, `unix://${folder}/elsewhere.sock`);
    assert.match((await docker('run --rm -v sky:/x base:1 true')).stderr, /^$/);
    await ok('volume rm sky here');
  });
});
