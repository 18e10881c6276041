import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { busyboxImage } from '../fixtures/busybox.ts';
import { eventually } from '../testing/programs.ts';
import { useWharf } from '../testing/use-wharf.ts';

describe('the life of a container', () => {
  const suite = useWharf([busyboxImage('base:1')]);
  const { docker, ok } = suite;

  test('A01 two containers see neither each other’s processes nor files', async () => {
    await ok('run -d --name alone base:1 sleep 77');
    await ok('exec alone touch /tmp/mine');
    const output = await ok(['run', '--rm', 'base:1', 'sh', '-c', 'ps; ls /tmp']);
    assert.doesNotMatch(output, /sleep 77|mine/);
    await ok('rm -f alone');
  });

  test('A04 E15 a container is created, started, paused, unpaused, stopped and removed', async () => {
    await ok('create --name verbs base:1 sleep 99');
    const state = () => ok(['inspect', '-f', '{{.State.Status}}', 'verbs']);
    assert.equal(await state(), 'created');
    await ok('start verbs');
    assert.equal(await state(), 'running');
    await ok('pause verbs');
    assert.equal(await state(), 'paused');
    assert.match(await ok('ps'), /\(Paused\)/);
    await ok('unpause verbs');
    assert.equal(await state(), 'running');
    await ok('stop -t 0 verbs');
    assert.equal(await state(), 'exited');
    await ok('rm verbs');
    assert.equal((await docker('inspect verbs')).code, 1);
  });

  test('A19 E26 State.Pid is a process of the host whose namespaces can be entered', async () => {
    const id = await ok('run -d --name pid base:1 sleep 99');
    const pid = await ok(['inspect', '-f', '{{.State.Pid}}', 'pid']);
    assert.match(readFileSync(`/proc/${pid}/cmdline`, 'utf8'), /^sleep/);
    for (const kind of ['pid', 'mnt', 'uts', 'ipc', 'net']) {
      assert.notEqual(readlinkSync(`/proc/${pid}/ns/${kind}`), readlinkSync(`/proc/self/ns/${kind}`), kind);
    }
    assert.equal(await ok('exec pid hostname'), id.slice(0, 12));
    await ok('rm -f pid');
  });

  test('E02 run prints the output and ends with the exit code', async () => {
    assert.equal(await ok('run --rm base:1 echo hello'), 'hello');
    assert.equal((await docker(['run', '--rm', 'base:1', 'sh', '-c', 'exit 7'])).code, 7);
  });

  test('run keeps standard output and standard error apart', async () => {
    const { stdout, stderr } = await docker(['run', '--rm', 'base:1', 'sh', '-c', 'echo out; echo err >&2']);
    assert.deepEqual([stdout, stderr], ['out\n', 'err\n']);
  });

  test('E04 E24 -i feeds standard input and ends it', async () => {
    assert.equal(await ok('run --rm -i base:1 cat', { input: 'hi\nthere\n' }), 'hi\nthere');
    await ok('run -d --name in base:1 sleep 99');
    assert.equal(await ok('exec -i in sh', { input: 'echo from $0\n' }), 'from sh');
    await ok('rm -f in');
  });

  test('large streams pass unchanged both ways', async () => {
    const input = Buffer.alloc(8 << 20, 'wharf\n');
    const output = await ok('run --rm -i base:1 md5sum', { input });
    const { createHash } = await import('node:crypto');
    assert.match(output, new RegExp(createHash('md5').update(input).digest('hex')));
    const lines = await docker(['run', '--rm', 'base:1', 'seq', '1', '300000']);
    assert.equal(lines.stdout.length, 1988895);
  });

  test('E05 each step of run is an event', async () => {
    const since = `${Math.floor(Date.now() / 1000)}`;
    await ok('run --rm --name seen base:1 true');
    const until = `${Math.ceil(Date.now() / 1000) + 1}`;
    const lines = await ok([
      'events',
      '--since',
      since,
      '--until',
      until,
      '--format',
      '{{.Type}} {{.Action}}',
    ]);
    const actions = lines.split('\n');
    const wanted = [
      'container create',
      'container attach',
      'network connect',
      'container start',
      'container die',
      'container destroy',
    ];
    for (const action of wanted) assert.ok(actions.includes(action), `${action} in ${actions}`);
    const last = (action: string) => actions.lastIndexOf(action);
    assert.ok(last('container create') < last('container start'));
    assert.ok(last('container start') < last('container die'));
    assert.ok(last('container die') < last('container destroy'));
  });

  test('E06 N02 an ended container starts again, prints its name only, and logs both runs', async () => {
    assert.equal(await ok('run --name again base:1 echo hello test'), 'hello test');
    assert.equal(await ok('start again'), 'again');
    await ok('wait again');
    assert.equal(await ok('logs again'), 'hello test\nhello test');
    await ok('rm again');
  });

  test('E07 E08 K04 -d prints the id, and logs has the output', async () => {
    const id = await ok(['run', '-d', 'base:1', 'sh', '-c', 'echo hello docker; sleep 99']);
    assert.match(id, /^[0-9a-f]{64}$/);
    await eventually('the line is logged', async () => (await ok(['logs', id])) === 'hello docker');
    await ok(['rm', '-f', id]);
  });

  test('E11 stop takes a prefix of the id and sends SIGTERM, then SIGKILL', async () => {
    const id = await ok([
      'run',
      '-d',
      'base:1',
      'sh',
      '-c',
      'trap "exit 3" TERM; while :; do sleep 0.05; done',
    ]);
    await eventually('the trap is set', async () => (await docker(['top', id])).stdout.includes('sleep'));
    await ok(['stop', id.slice(0, 8)]);
    assert.equal(await ok(['inspect', '-f', '{{.State.ExitCode}}', id]), '3');
    await ok(['rm', id]);
    const stubborn = await ok(['run', '-d', 'base:1', 'sh', '-c', 'trap "" TERM; sleep 99']);
    await ok(['stop', '-t', '0', stubborn]);
    assert.equal(await ok(['inspect', '-f', '{{.State.ExitCode}}', stubborn]), '137');
    await ok(['rm', stubborn]);
  });

  test('E14 restart keeps the id and makes a new process', async () => {
    await ok('run -d --name twice base:1 sleep 99');
    const look = async () => (await ok(['inspect', '-f', '{{.Id}} {{.State.Pid}}', 'twice'])).split(' ');
    const [idBefore, pidBefore] = await look();
    await ok('restart -t 0 twice');
    const [idAfter, pidAfter] = await look();
    assert.equal(idAfter, idBefore);
    assert.notEqual(pidAfter, pidBefore);
    await ok('rm -f twice');
  });

  test('a restart does not meet what its own end is still clearing away', async () => {
    await ok('run -d --name often base:1 sleep 99');
    for (let round = 0; round < 20; round++) await ok('restart -t 0 often');
    assert.equal(await ok(['inspect', '-f', '{{.State.Status}}', 'often']), 'running');
    await ok('rm -f often');
  });

  test('E16 N08 a running container is not removed without force', async () => {
    await ok('run -d --name held base:1 sleep 99');
    const refused = await docker('rm held');
    assert.equal(refused.code, 1);
    const text = 'container is running: stop the container before removing or force remove';
    assert.equal(refused.stderr, `Error response from daemon: cannot remove container "held": ${text}\n`);
    await ok('rm -f held');
  });

  test('E17 mass stop and remove go by ps -a', async () => {
    const ids = [await ok('run -d base:1 sleep 99'), await ok('run -d base:1 true')];
    await ok(['wait', ids[1] ?? '']);
    assert.match(await ok('ps -a'), /Exited \(0\) (Less than a second|\d+ seconds?|About) ago|Exited \(0\)/);
    await ok(['stop', '-t', '0', ...ids]);
    await ok(['stop', ...ids]);
    await ok(['rm', ...ids]);
    assert.equal(await ok('ps -aq'), '');
  });

  test('E18 E19 --rm removes the container when it ends, also with -d', async () => {
    await ok('run --rm -d --name brief base:1 sleep 99');
    await ok('stop -t 0 brief');
    await eventually('brief is gone', async () => (await docker('inspect brief')).code === 1);
  });

  test('E20 a container without --name gets one, and a taken name is a conflict', async () => {
    const id = await ok('create base:1');
    assert.match(await ok(['inspect', '-f', '{{.Name}}', id]), /^\/[a-z]+_[a-z]+$/);
    await ok('create --name taken base:1');
    const refused = await docker('create --name taken base:1');
    assert.match(
      refused.stderr,
      /Conflict\. The container name "\/taken" is already in use by container "[0-9a-f]{64}"\. You have to remove \(or rename\)/,
    );
    await ok(['rm', id, 'taken']);
  });

  test('E23 E25 exec runs beside the main process and gives its exit code', async () => {
    await ok('run -d --name main base:1 sleep 99');
    assert.equal((await docker(['exec', 'main', 'sh', '-c', 'exit 5'])).code, 5);
    assert.match(await ok('exec main ip a'), /eth0/);
    assert.equal(
      await ok([...'exec -u ada -w /tmp -e A=b main sh -c'.split(' '), 'id; pwd; echo $A']),
      'uid=1000(ada) gid=1000(ada) groups=10(wheel),1000(ada)\n/tmp\nb',
    );
    assert.equal(await ok(['inspect', '-f', '{{.State.Running}}', 'main']), 'true');
    await ok('rm -f main');
  });

  test('an exec ends with its container, also in the moment it starts', async () => {
    for (let delayMs = 0; delayMs < 100; delayMs += 10) {
      const id = await ok('run -d base:1 sleep 99');
      const exec = docker(['exec', id, 'sleep', '98']);
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      await ok(['rm', '-f', id]);
      assert.notEqual((await exec).code, 0);
    }
  });

  test('exec as a user that is not there is refused', async () => {
    await ok('run -d --name who base:1 sleep 99');
    const refused = await docker('exec -u nobodyhere who id');
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /unable to find user nobodyhere: no matching entries in passwd file/);
    await ok('rm -f who');
  });

  test('E27 inside, the application is process 1 and sees only its own', async () => {
    const lines = (await ok('run --rm base:1 ps')).split('\n');
    assert.equal(lines.length, 2);
    assert.match(lines[1] ?? '', /^\s*1 root .* ps$/);
  });

  test('E28 K05 top shows the processes with their host ids', async () => {
    await ok('run -d --name tops base:1 sleep 99');
    const pid = await ok(['inspect', '-f', '{{.State.Pid}}', 'tops']);
    assert.match(await ok('top tops'), new RegExp(`UID\\s+PID[\\s\\S]*\\b${pid}\\b.*sleep 99`));
    assert.match(await ok('top tops aux'), new RegExp(`USER\\s+PID[\\s\\S]*\\b${pid}\\b.*sleep 99`));
    await ok('rm -f tops');
  });

  test('E29 E30 E31 N04 ps lists by state, age and number', async () => {
    await ok('create --name first base:1 true');
    await ok('run -d --name second base:1 sleep 99');
    assert.equal(await ok(['ps', '--format', '{{.Names}}']), 'second');
    assert.equal(await ok(['ps', '-a', '--format', '{{.Names}}']), 'second\nfirst');
    assert.equal(await ok(['ps', '-l', '--format', '{{.Names}}']), 'second');
    assert.equal(await ok(['ps', '-n', '5', '--format', '{{.Names}}']), 'second\nfirst');
    assert.match(await ok('ps -l -q'), /^[0-9a-f]{12}$/);
    assert.equal(
      await ok(['container', 'ls', '-a', '-f', 'status=created', '--format', '{{.Names}} {{.Status}}']),
      'first Created',
    );
    const table = (await ok('ps')).split('\n');
    assert.match(table[0] ?? '', /^CONTAINER ID\s+IMAGE\s+COMMAND\s+CREATED\s+STATUS\s+PORTS\s+NAMES$/);
    assert.match(table[1] ?? '', /^[0-9a-f]{12}\s+base:1\s+"sleep 99"\s+.*ago\s+Up .*\s+second$/);
    await ok('rm -f first second');
  });

  test('E36 K06 --cidfile gets the container’s id', async () => {
    const folder = mkdtempSync(`${suite.wharf.folder}/cid-`);
    await ok(`run --rm --cidfile ${folder}/id base:1 true`);
    assert.match(readFileSync(`${folder}/id`, 'utf8'), /^[0-9a-f]{64}$/);
  });

  test('E38 E39 cp goes both ways, on running and on stopped containers', async () => {
    const folder = mkdtempSync(`${suite.wharf.folder}/cp-`);
    writeFileSync(`${folder}/file.txt`, 'cargo\n');
    await ok('run -d --name dock base:1 sleep 99');
    await ok(`cp ${folder}/file.txt dock:/tmp/`);
    assert.equal(await ok('exec dock cat /tmp/file.txt'), 'cargo');
    await ok(`cp dock:/tmp/file.txt ${folder}/back.txt`);
    assert.equal(readFileSync(`${folder}/back.txt`, 'utf8'), 'cargo\n');
    await ok('stop -t 0 dock');
    await ok(`cp ${folder}/file.txt dock:/root/stopped.txt`);
    await ok(`cp dock:/root ${folder}/root`);
    assert.equal(readFileSync(`${folder}/root/stopped.txt`, 'utf8'), 'cargo\n');
    const missing = await docker(`cp dock:/nowhere ${folder}`);
    assert.match(missing.stderr, /Could not find the file \/nowhere in container dock/);
    assert.ok(!existsSync(`${folder}/nowhere`));
    await ok('rm dock');
  });

  test('a command that does not exist ends with 127, one that is no program with 126', async () => {
    const missing = await docker('run --name lost base:1 nosuch');
    assert.equal(missing.code, 127);
    assert.match(missing.stderr, /exec: "nosuch": executable file not found in \$PATH/);
    assert.equal(await ok(['inspect', '-f', '{{.State.Status}} {{.State.ExitCode}}', 'lost']), 'created 127');
    const denied = await docker('run --name denied base:1 /etc/passwd');
    assert.equal(denied.code, 126);
    assert.match(denied.stderr, /permission denied/);
    await ok('rm lost denied');
  });

  test('K01 K02 logs shows both streams, times, the tail and what follows', async () => {
    await ok([
      'run',
      '-d',
      '--name',
      'log',
      'base:1',
      'sh',
      '-c',
      'echo one; echo two >&2; sleep 0.3; echo three; sleep 99',
    ]);
    await eventually('three lines', async () => (await docker('logs log')).stdout.includes('three'));
    const all = await docker('logs log');
    assert.deepEqual([all.stdout, all.stderr], ['one\nthree\n', 'two\n']);
    assert.equal(await ok('logs --tail 1 log'), 'three');
    assert.match(await ok('logs -t --tail 1 log'), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z three$/);
    assert.equal(await ok('logs --since 2100-01-01 log'), '');
    const following = docker('logs -f log');
    await ok('stop -t 0 log');
    assert.equal((await following).stdout, 'one\nthree\n');
    await ok('rm log');
  });

  test('K07 stats shows the use of a running container', async () => {
    await ok('run -d --name busy -m 64m base:1 sleep 99');
    const line = await ok(['stats', '--no-stream', '--format', '{{.Name}} {{.MemUsage}} {{.PIDs}}', 'busy']);
    assert.match(line, /^busy [\d.]+[KM]iB \/ 64MiB 1$/);
    await ok('rm -f busy');
  });
});
