import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { busyboxImage } from '../fixtures/busybox.ts';
import { exchange } from '../testing/exchange.ts';
import { useWharf } from '../testing/use-wharf.ts';

const content = 'the treasure is under the palm';
const clients = ['docker', 'wharf'] as const;

describe('secrets and configs without a cluster', () => {
  const suite = useWharf([busyboxImage('base:1')]);
  const { docker, ok } = suite;
  const wharf = async (args: readonly string[], input?: string) => {
    const { code, stdout, stderr } = await suite.wharf.wharf(args, input === undefined ? {} : { input });
    assert.equal(code, 0, stderr);
    return stdout.trimEnd();
  };
  /** Runs a program in a container that is given what the flags say. */
  const run = (script: string, ...flags: string[]) =>
    ok(['run', '--rm', ...flags, 'base:1', 'sh', '-c', script]);
  const mounted = ['--mount', 'type=secret,source=map,target=/run/secrets/map'];

  for (const client of clients) {
    test(`${client} creates, lists, inspects and removes them`, async () => {
      const call = (args: readonly string[], input?: string) =>
        client === 'docker' ? ok(args, input === undefined ? {} : { input }) : wharf(args, input);
      const id = await call(['secret', 'create', '-l', 'deck=low', 'one', '-'], content);
      await call(['config', 'create', 'rules', '-'], 'be kind');
      assert.match(await call(['secret', 'ls']), new RegExp(`^${id} +one +Less than a second ago`, 'm'));
      assert.equal(await call(['secret', 'ls', '-q', '-f', 'label=deck=low']), id);
      assert.equal(await call(['config', 'ls', '--format', '{{.Name}}']), 'rules');
      const inspected = await call(['secret', 'inspect', 'one']);
      assert.deepEqual(JSON.parse(inspected)[0].Spec, { Name: 'one', Labels: { deck: 'low' } });
      const pretty = (name: string) =>
        call([name === 'one' ? 'secret' : 'config', 'inspect', '--pretty', name]);
      const both = [await ok(['secret', 'inspect', '--pretty', 'one']), await pretty('one')];
      assert.equal(both[1], both[0]);
      assert.equal(await pretty('rules'), await ok(['config', 'inspect', '--pretty', 'rules']));
      assert.match(await pretty('rules'), /be kind/);
      assert.equal(await call(['secret', 'rm', 'one']), 'one');
      assert.equal(await call(['config', 'rm', 'rules']), 'rules');
      assert.match((await docker('secret inspect one')).stderr, /secret one not found/);
    });
  }

  test('a container sees a secret in memory, read-only, as --mount, --secret or a label say', async () => {
    await ok(['secret', 'create', 'map', '-'], { input: content });
    await ok(['config', 'create', 'rules', '-'], { input: 'be kind' });
    const script = 'cat /run/secrets/map; grep -c "/run/secrets/map tmpfs ro" /proc/mounts';
    assert.equal(await run(script, ...mounted), `${content}1`);
    const refused = await docker(['run', '--rm', ...mounted, 'base:1', 'sh', '-c', '> /run/secrets/map']);
    assert.match(refused.stderr, /Read-only file system/);
    const labels = ['-l', 'wharf.secrets=map:/etc/map:0400:5:6', '-l', 'wharf.configs=rules'];
    assert.equal(
      await run('stat -c "%a %u %g" /etc/map; cat /etc/map /rules', ...labels),
      `400 5 6\n${content}be kind`,
    );
    const flag = ['run', '--rm', '--secret', 'map', '--secret', 'source=map,target=deep,mode=0440,uid=7'];
    const shown = await wharf([
      ...flag,
      ...['--read-only', 'base:1', 'sh', '-c', 'cat /run/secrets/map; stat -c "%a %u" /run/secrets/deep'],
    ]);
    assert.equal(shown, `${content}440 7`);
    await wharf([
      ...flag.map((word) => (word === 'run' ? 'create' : word)),
      '--name',
      'made',
      'base:1',
      'true',
    ]);
    const line = await wharf(['inspect', '--as', 'run', 'made']);
    assert.match(line, /--label wharf\.secrets=map,map:deep:440:7 /);
    await ok('rm -f made');
    const config = ['--mount', 'type=config,source=rules,target=/etc/rules'];
    assert.equal(await run('cat /etc/rules', ...config), 'be kind');
    await ok('config rm rules');
  });

  test('it is in no inspect, log, image or archive, nor on a disk', async () => {
    await ok(['run', '-d', '--name', 'ship', ...mounted, 'base:1', 'sleep', '60']);
    const { dataRoot, execRoot } = suite.wharf;
    assert.doesNotMatch(await ok('inspect ship'), /treasure/);
    await ok('commit ship taken:1');
    for (const archive of ['export ship', 'save taken:1', 'logs ship']) {
      assert.ok(!(await ok(archive)).includes('treasure'), archive);
    }
    for (const file of filesBelow(dataRoot)) assert.ok(!readFileSync(file).includes('treasure'), file);
    for (const file of filesBelow(join(execRoot, 'containers'))) {
      assert.ok(!readFileSync(file).includes('treasure'), file);
    }
    assert.equal(statSync(join(dataRoot, 'secrets.key')).mode & 0o777, 0o600);
    await ok('kill ship');
    await ok('wait ship');
    assert.deepEqual(readdirSync(join(execRoot, 'secrets')), []);
    await ok('rm ship');
    await ok('rmi taken:1');
  });

  test('they outlive a killed daemon; a container that starts again has them again', async () => {
    await ok(['run', '-d', '--name', 'ship', ...mounted, 'base:1', 'sleep', '60']);
    await suite.wharf.stop('SIGKILL');
    await suite.wharf.start();
    assert.equal(await ok('exec ship cat /run/secrets/map'), content);
    await ok('restart -t 0 ship');
    assert.equal(await ok('exec ship cat /run/secrets/map'), content);
    assert.match(
      (await docker('secret rm map')).stderr,
      /secret 'map' is in use by the following container: ship/,
    );
    const pid = Number(await ok(['inspect', '-f', '{{.State.Pid}}', 'ship']));
    await suite.wharf.stop('SIGKILL');
    process.kill(pid, 'SIGKILL');
    await suite.wharf.start();
    await ok('wait ship');
    assert.deepEqual(readdirSync(join(suite.wharf.execRoot, 'secrets')), []);
    await ok('rm -f ship');
    assert.equal(await ok('secret rm map'), 'map');
  });

  test('labels change, and nothing else; what cannot be is refused', async () => {
    const { socketPath } = suite.wharf;
    await ok(['secret', 'create', 'map', '-'], { input: content });
    await wharf(['secret', 'update', '--label-add', 'deck=high', 'map']);
    assert.equal(await ok(['secret', 'inspect', '-f', '{{.Spec.Labels.deck}}', 'map']), 'high');
    const post = async (path: string, body: unknown) =>
      (await exchange(socketPath, 'POST', path, body)).status;
    assert.equal(await post('/secrets/map/update?version=1', { Name: 'map' }), 409);
    assert.equal(await post('/secrets/map/update?version=2', { Name: 'other' }), 400);
    assert.equal(await post('/secrets/map/update?version=x', { Name: 'map' }), 400);
    assert.equal(await post('/secrets/none/update?version=1', { Name: 'none' }), 404);
    assert.equal(await post('/secrets/create', { Name: 'map', Data: 'YQ==' }), 409);
    assert.equal(await post('/secrets/create', { Name: '../map', Data: 'YQ==' }), 400);
    assert.equal(await post('/secrets/create', { Name: 'bad', Data: '%%%' }), 400);
    assert.equal(await post('/secrets/create', { Name: 'bad' }), 400);
    const none = await docker(['run', '--mount', 'type=secret,source=none,target=/x', 'base:1', 'true']);
    assert.match(none.stderr, /secret none not found/);
    const twice = await docker(['run', ...mounted, '-v', '/run/secrets/map', 'base:1', 'true']);
    assert.match(twice.stderr, /Duplicate mount point/);
    await ok('secret rm map');
  });

  test('Compose brings its own kinds, and by a label those that are kept here', async () => {
    await ok(['secret', 'create', 'map', '-'], { input: content });
    const folder = join(suite.wharf.folder, 'compose');
    mkdirSync(folder);
    writeFileSync(join(folder, 'rules'), 'be kind');
    const services = {
      look: {
        image: 'base:1',
        command: ['sh', '-c', 'cat /run/secrets/map /run/secrets/spell /rules /inline'],
        labels: { 'wharf.secrets': 'map' },
        secrets: ['spell'],
        configs: ['rules', 'inline'],
      },
    };
    const kinds = {
      secrets: { spell: { environment: 'SPELL' } },
      configs: { rules: { file: './rules' }, inline: { content: ' and true' } },
    };
    const file = join(folder, 'compose.yaml');
    writeFileSync(file, JSON.stringify({ services, ...kinds }));
    const compose = (...args: string[]) => ok(['compose', '-f', file, ...args], { env: { SPELL: 'abra' } });
    // Of a container that ends at once, what compose attaches to may be gone already.
    await compose('up', '-d');
    const [id = ''] = (await compose('ps', '-aq')).split('\n');
    await ok(['wait', id]);
    assert.equal(await ok(['logs', id]), `${content}abrabe kind and true`);
    await compose('down');
    await ok('secret rm map');
  });

  test('the labels of an image give its containers nothing', async () => {
    await ok(['secret', 'create', 'map', '-'], { input: content });
    await ok('create --name plain base:1 true');
    await ok(['commit', '--change', 'LABEL wharf.secrets=map wharf.configs=none', 'plain', 'greedy:1']);
    const taken = await docker(['run', '--name', 'greedy', 'greedy:1', 'cat', '/run/secrets/map']);
    assert.match(taken.stderr, /No such file or directory/);
    assert.equal(await ok(['inspect', '-f', '{{json .Config.Labels}}', 'greedy']), '{}');
    await ok('rm plain greedy');
    await ok('rmi greedy:1');
    await ok('secret rm map');
  });
});

function* filesBelow(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isFile()) yield join(entry.parentPath, entry.name);
  }
}
