import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { busyboxImage, busyboxPath } from '../fixtures/busybox.ts';
import { makeTar } from '../fixtures/tar.ts';
import { eventually, repository, runProgram } from '../testing/programs.ts';
import { useWharf } from '../testing/use-wharf.ts';

const wharfProgram = `${repository}bin/wharf`;

describe('first steps', () => {
  const scratch = {
    name: 'scratch:1',
    layers: [makeTar([{ path: 'busybox', content: readFileSync(busyboxPath), mode: 0o755 }])],
    config: { Entrypoint: ['/busybox', 'echo', 'no shell here'] },
  };
  const suite = useWharf([busyboxImage('base:1'), scratch]);
  const { docker, ok } = suite;

  test('B18 wharf alone prints its commands', async () => {
    const { code, stdout } = await runProgram(wharfProgram, []);
    assert.equal(code, 0);
    assert.match(stdout, /^Usage: {2}wharf \[OPTIONS\] COMMAND[\s\S]*\n {2}run .*\n/);
  });

  test('B07 without a daemon wharf says so, and how to start one; wharf daemon start does', async () => {
    const folder = suite.wharf.folder;
    const socket = `unix://${folder}/second.sock`;
    const env = { WHARF_HOST: socket, DOCKER_HOST: socket };
    const down = await runProgram(wharfProgram, ['ps'], { env });
    assert.equal(down.code, 1);
    assert.match(
      down.stderr,
      /^Cannot connect to the Docker daemon at unix:.*\. Is the docker daemon running\?/,
    );
    const options = [
      ...['--data-root', `${folder}/second`, '--exec-root', `${folder}/second-run`, '--bridge', 'none'],
      ...['--pidfile', `${folder}/second.pid`, '--cgroup-parent', suite.wharf.cgroupParent],
    ];
    const start = ['-H', socket, 'daemon', 'start', '--log', `${folder}/second.log`, '--', ...options];
    const started = await runProgram(wharfProgram, start);
    assert.deepEqual([started.stdout, started.code], ['The daemon is running\n', 0]);
    assert.equal((await runProgram(wharfProgram, ['ps', '-q'], { env })).code, 0);
    assert.equal((await runProgram(wharfProgram, start)).stdout, 'The daemon is running already\n');
    const pid = Number(readFileSync(`${folder}/second.pid`, 'utf8'));
    process.kill(pid, 'SIGTERM');
    await eventually('the second daemon ends', async () => {
      const again = await runProgram(wharfProgram, ['ps'], { env });
      return again.code === 1;
    });
  });

  test('A16 daemon and shim are known by their names, a shim only while its container runs', async () => {
    const comm = (pid: number | string) => readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
    assert.equal(comm(suite.wharf.pid), 'wharfd');
    await ok('run -d --name seen base:1 sleep 99');
    const pid = await ok(['inspect', '-f', '{{.State.Pid}}', 'seen']);
    const shim = /^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '';
    assert.equal(comm(shim), 'wharf-shim');
    await ok('rm -f seen');
    await eventually('the shim is gone', () => {
      try {
        return comm(shim) !== 'wharf-shim';
      } catch {
        return true;
      }
    });
  });

  test('A20 J18 a container has namespaces of its own, of every kind', async () => {
    const inside = await ok([
      ...['run', '--rm', 'base:1', 'sh', '-c'],
      'cd /proc/self/ns; for n in pid mnt uts ipc net; do readlink $n; done; uname -n; ls -d /proc/[0-9]* | wc -l',
    ]);
    for (const space of inside.split('\n').slice(0, 5)) {
      const kind = space.split(':')[0] ?? '';
      const { stdout } = await runProgram('readlink', [`/proc/self/ns/${kind}`]);
      assert.notEqual(space, stdout.trim());
    }
    assert.match(inside, /\n[0-9a-f]{12}\n\d$/);
  });

  test('A24 a second container of an image takes no room but for what it writes', async () => {
    await ok(['run', '--name', 'writer', 'base:1', 'sh', '-c', 'echo more >> /etc/passwd; echo new > /new']);
    assert.equal(await ok('diff writer'), 'C /etc\nC /etc/passwd\nA /new');
    assert.match(
      await ok(['ps', '-as', '--format', '{{.Size}}', '-f', 'name=writer']),
      /^\d+B \(virtual [\d.]+MB\)$/,
    );
    await ok('rm writer');
  });

  test('E10 E13 create makes a stopped container; start takes several and prints each name', async () => {
    await ok('create --name left base:1 echo port');
    await ok('create --name right base:1 echo starboard');
    assert.equal(await ok(['ps', '-a', '--format', '{{.State}}']), 'created\ncreated');
    assert.equal(await ok('start left right'), 'left\nright');
    await ok('wait left right');
    assert.equal(await ok('start -a right'), 'starboard');
    assert.equal(
      (await ok('start left nosuch').catch((error: Error) => error.message)).includes('nosuch'),
      true,
    );
    await ok('rm -f left right');
  });

  test('E32 C29 inspect finds images and containers by name or id, and fills templates', async () => {
    const id = await ok('create --name both --label sea=north -e A=b base:1 true');
    const template =
      '{{.Name}} {{.Config.Labels.sea}} {{index .Config.Env 0}} {{json .State.Running}} {{len .Mounts}}';
    for (const ref of ['both', id, id.slice(0, 5)]) {
      assert.equal(await ok(['inspect', '-f', template, ref]), '/both north A=b false 0');
    }
    assert.match(await ok(['inspect', '-f', '{{.Os}}', 'base:1']), /^linux$/);
    assert.match(await ok(['inspect', '-s', '-f', '{{.SizeRw}}', 'both']), /^\d+$/);
    const broken = await docker(['inspect', '-f', '{{.Nope}}', 'both']);
    assert.equal(broken.code, 1);
    await ok('rm both');
  });

  test('E40 an image of one static program needs nothing else', async () => {
    assert.equal(await ok('run --rm scratch:1'), 'no shell here');
    assert.equal(await ok('run --rm -u 1000 -w /made --entrypoint /busybox scratch:1 pwd'), '/made');
  });

  test('F06 running out of memory is an event', async () => {
    const since = String(Math.floor(Date.now() / 1000));
    await docker('run --name greedy -m 16m --memory-swap 16m base:1 tail /dev/zero');
    const until = String(Math.ceil(Date.now() / 1000) + 1);
    const events = await ok([
      ...['events', '--since', since, '--until', until, '--filter', 'container=greedy'],
      ...['--format', '{{.Action}}'],
    ]);
    assert.match(events, /^create\nattach\nstart\noom\ndie$/);
    await ok('rm greedy');
  });

  test('the exit code of a run is right however fast it ends', async () => {
    for (let code = 1; code <= 200; code++) {
      const output = await docker(['run', '--rm', 'base:1', 'sh', '-c', `exit ${code}`]);
      assert.equal(output.code, code);
    }
  });

  test('F20 F21 H07 K02 the flags’ other forms', async () => {
    assert.match(await ok('run --rm --net none base:1 ip -o link'), /^1: lo/);
    assert.match(await ok('run --rm --net=host base:1 ip link'), new RegExp(suite.wharf.bridge));
    const lines = ['run', '--name', 'lines', 'base:1', 'sh', '-c', 'for i in 1 2 3 4; do echo $i; done'];
    assert.equal(await ok(lines), '1\n2\n3\n4');
    assert.match(await ok('logs -t --since=2018-12-01 --tail=2 lines'), /^\S+Z 3\n\S+Z 4$/);
    await ok('rm lines');
  });
});
