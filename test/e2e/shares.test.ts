import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { release } from 'node:os';
import { describe, test } from 'node:test';
import { busyboxImage } from '../fixtures/busybox.ts';
import { startRegistry } from '../fixtures/registry.ts';
import { eventually } from '../testing/programs.ts';
import { useWharf } from '../testing/use-wharf.ts';
import { startWharf } from '../testing/wharf.ts';

describe('what a container shares with its host and with others', () => {
  const { docker, ok } = useWharf([busyboxImage('base:1')]);

  test('A28 a container runs on the kernel of its host', async () => {
    assert.equal(await ok('run --rm base:1 uname -r'), release());
  });

  test('A23 F04 two busy containers share a processor by their weights', async () => {
    const spin = ['base:1', 'sh', '-c', 'while :; do :; done'];
    for (const [name, weight] of [
      ['heavy', '1024'],
      ['light', '256'],
    ] as const) {
      await ok(['run', '-d', '--name', name, '--cpuset-cpus', '0', '--cpu-shares', weight, ...spin]);
    }
    const ticks = async (name: string) => {
      const pid = await ok(['inspect', '-f', '{{.State.Pid}}', name]);
      return Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(' ')[13]);
    };
    // Both ran alone for a moment before the other was there: what counts is the growth from here on.
    const [heavy, light] = [await ticks('heavy'), await ticks('light')];
    const lightUsed = await eventually('the light one has had its share', async () => {
      const used = (await ticks('light')) - light;
      return used >= 20 ? used : undefined;
    });
    const heavyUsed = (await ticks('heavy')) - heavy;
    assert.ok(heavyUsed > 2 * lightUsed, `${heavyUsed} to ${lightUsed} ticks`);
    await ok('rm -f heavy light');
  });

  test('A40 rm frees what a container wrote; volumes stay', async () => {
    await ok([
      'run',
      '--name',
      'writer',
      '-v',
      'kept:/kept',
      'base:1',
      'sh',
      '-c',
      'echo a >/f; echo b >/kept/f',
    ]);
    assert.equal(await ok('diff writer'), 'A /f\nA /kept');
    await ok('rm writer');
    assert.equal(await ok('run --rm -v kept:/kept base:1 cat /kept/f'), 'b');
    assert.equal((await docker('run --rm base:1 ls /f')).code, 1);
  });

  test('A33 an image brings the same settings to every host', async () => {
    const image = busyboxImage('travels:1', {
      Env: ['A=1'],
      Entrypoint: ['sh', '-c'],
      Cmd: ['env'],
      ExposedPorts: { '80/tcp': {} },
      Labels: { tier: 'web' },
      WorkingDir: '/home',
    });
    await using registry = await startRegistry();
    await registry.push(image);
    await using second = await startWharf();
    const name = `${registry.address}/travels:1`;
    const describeImage = ['inspect', '-f', '{{json .Config}}', name];
    await ok(['pull', '-q', name]);
    await second.dockerOk(['pull', '-q', name]);
    const config = await second.dockerOk(describeImage);
    assert.equal(config, await ok(describeImage));
    assert.match(config, /"80\/tcp".*"A=1"/);
    const run = ['run', '--rm', '-h', 'same', name];
    assert.equal(await second.dockerOk(run), await ok(run));
  });

  test('B08 hello-world comes from the registry and greets', async () => {
    const hello = { Cmd: ['echo', 'Hello from Docker!'] };
    await using registry = await startRegistry();
    await registry.push(busyboxImage('library/hello-world:latest', hello));
    await using wharf = await startWharf({ args: ['--registry-mirror', `http://${registry.address}`] });
    const { code, stdout, stderr } = await wharf.docker(['run', 'hello-world']);
    assert.equal(code, 0);
    assert.match(stdout, /^Hello from Docker!$/m);
    assert.match(stderr, /Unable to find image 'hello-world:latest' locally/);
  });
});
