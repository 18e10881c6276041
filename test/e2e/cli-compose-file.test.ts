import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { busyboxImage } from '../fixtures/busybox.ts';
import { useWharf } from '../testing/use-wharf.ts';

/** What stands between `run -d` and the end of a line. */
const lines: readonly string[] = [
  '--name plain base:1 sleep 99',
  '--name words --entrypoint sleep full:1 99',
  '--name said -e A=$HOME -e \'B="two" words: #1\' -l a=b -u 1000:10 -w /tmp -h host --init base:1 sleep 99',
  '--name stopped --stop-signal HUP --stop-timeout 3 --restart on-failure:3 base:1 sleep 99',
  "--name checked --health-cmd 'test -e /x' --health-interval 90s --health-retries 2 base:1 sleep 99",
  '--name unchecked --no-healthcheck full:1',
  '--name ports -p 127.0.0.1:21872:80 --expose 90 --add-host x:1.2.3.4 --dns 9.9.9.9 base:1 sleep 99',
  '--name alone --network none base:1 sleep 99',
  '--name mounts -v /etc:/in:ro -v named:/data:rw --tmpfs /t:size=1m --read-only --shm-size 1m base:1 sleep 99',
  '--name small -m 32m --cpus 0.5 -c 512 --pids-limit 50 --ulimit nofile=64:128 base:1 sleep 99',
  '--name strict --cap-add NET_ADMIN --cap-drop ALL --security-opt no-new-privileges --sysctl net.ipv4.ip_forward=0 base:1 sleep 99',
  '--name logged --log-driver local --log-opt max-size=1m base:1 sleep 99',
];

describe('inspect --as compose', () => {
  const full = busyboxImage('full:1', {
    Entrypoint: ['sh', '-c'],
    Cmd: ['sleep 99'],
    Healthcheck: { Test: ['CMD', 'true'], Interval: 30e9 },
  });
  const suite = useWharf([busyboxImage('base:1'), full]);
  const { ok, docker } = suite;
  const printed = async (...names: string[]): Promise<string> => {
    const output = await suite.wharf.wharf(['inspect', '--as', 'compose', ...names]);
    assert.equal(output.stderr, '');
    return output.stdout;
  };

  for (const line of lines) {
    test(`makes the container of: ${line}`, async () => {
      const words = (line.match(/'[^']*'|\S+/g) ?? []).map((word) => word.replace(/^'(.*)'$/, '$1'));
      await ok(['run', '-d', ...words]);
      const [, name = ''] = words;
      const file = await printed(name);
      await ok(['rm', '-f', name]);
      const up = await docker(['compose', '-p', 'again', '-f', '-', 'up', '-d'], { input: file });
      assert.equal(up.code, 0, `${file}${up.stderr}`);
      // Compose passes lists on in any order.
      assert.deepEqual((await printed(name)).split('\n').sort(), file.split('\n').sort());
      await ok(['rm', '-f', name]);
    });
  }

  test('tells mounts in the long form, which Compose may shorten', async () => {
    const format = '{{range .Mounts}}{{println .Type .Source .Destination .RW}}{{end}}';
    const mounts = async () => (await ok(['inspect', '-f', format, 'longer'])).split('\n').sort();
    const line =
      'run -d --name longer --mount type=bind,src=/etc,dst=/in,readonly --mount type=volume,src=named,dst=/v';
    await ok(`${line} --mount type=tmpfs,dst=/t,tmpfs-size=4096 base:1 sleep 99`);
    const before = await mounts();
    const file = await printed('longer');
    await ok('rm -f longer');
    const up = await docker(['compose', '-p', 'again', '-f', '-', 'up', '-d'], { input: file });
    assert.equal(up.code, 0, `${file}${up.stderr}`);
    assert.deepEqual(await mounts(), before);
    await ok('rm -f longer');
  });

  test('names networks and volumes that are there, and what Compose has no word for', async () => {
    await ok('network create front');
    await ok('run -d --name one --network front --network-alias a -v named:/data base:1 sleep 99');
    await ok('run -d --name two -P base:1 sleep 99');
    const file = await printed('one', 'two');
    assert.match(
      file,
      /^# two: no word for "--publish-all=true"\nservices:\n {2}one:\n {4}image: "base:1"\n/,
    );
    assert.match(
      file,
      /\nnetworks:\n {2}front:\n {4}name: "front"\n {4}external: true\nvolumes:\n {2}named:\n/,
    );
    await ok('rm -f one two');
    const up = await docker(['compose', '-p', 'again', '-f', '-', 'up', '-d'], { input: file });
    assert.equal(up.code, 0, up.stderr);
    assert.equal(await ok('exec two true'), '');
    await ok('rm -f one two');
    await ok('network rm front');
  });

  test('knows no other form', async () => {
    const output = await suite.wharf.wharf(['inspect', '--as', 'poem', 'x']);
    assert.equal(output.stderr, 'unknown form: "poem": must be "run" or "compose"\n');
  });
});
