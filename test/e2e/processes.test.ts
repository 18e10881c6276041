import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { busyboxLayer } from '../fixtures/busybox.ts';
import { dockerProgram, eventually, type Output } from '../testing/programs.ts';
import { useWharf } from '../testing/use-wharf.ts';

const config = { Env: ['PATH=/usr/bin:/bin'], Cmd: ['sh'] };
const layer = busyboxLayer([
  { path: 'bin/script', content: '#!/no/such/interpreter\n', mode: 0o755 },
  { path: 'bin/garbage', content: 'no program', mode: 0o755 },
]);
const startPrefix =
  'failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: ';
const execPrefix = 'OCI runtime exec failed: exec failed: unable to start container process: ';
const mountHint =
  ': Are you trying to mount a directory onto a file (or vice-versa)? Check if the specified host path exists and is the expected type';

/** As told by Docker 28.5.2: what is to be executed, why it cannot be, State.ExitCode, and the client's exit code. */
const failures: readonly (readonly [program: string, text: string, recorded: number, code: number])[] = [
  ['nosuch', 'exec: "nosuch": executable file not found in $PATH', 127, 127],
  ['', 'exec: "": executable file not found in $PATH', 127, 127],
  ['/nosuch', 'exec: "/nosuch": stat /nosuch: no such file or directory', 127, 127],
  ['./nosuch', 'exec: "./nosuch": stat ./nosuch: no such file or directory', 127, 127],
  ['/etc', 'exec: "/etc": is a directory: permission denied', 126, 126],
  ['/etc/passwd', 'exec: "/etc/passwd": permission denied', 126, 126],
  ['/etc/passwd/x', `exec: "/etc/passwd/x": stat /etc/passwd/x: not a directory${mountHint}`, 127, 125],
];

describe('processes', () => {
  const suite = useWharf([{ name: 'base:1', layers: [layer], config }]);
  const { docker, ok } = suite;

  test('a start that fails is told and recorded in Docker’s words', async () => {
    for (const [program, text, recorded, code] of failures) {
      const run = await docker(['run', '--name', 'failed', 'base:1', program]);
      assert.equal(run.stderr.split('\n')[0], `docker: Error response from daemon: ${startPrefix}${text}`);
      assert.equal(run.code, code, text);
      const state = await ok(['inspect', '-f', '{{.State.ExitCode}} {{.State.Error}}', 'failed']);
      assert.equal(state, `${recorded} ${startPrefix}${text}`);
      await ok('rm failed');
    }
  });

  test('an exec that fails is told in Docker’s words', async () => {
    await ok('run -d --name box base:1 sleep 1000');
    for (const [program, text, recorded] of failures) {
      const exec = await docker(['exec', 'box', program]);
      assert.deepEqual([exec.stdout.trim(), exec.code], [execPrefix + text, recorded]);
    }
    await ok('rm -f box');
  });

  test('a file that the kernel does not execute starts, says why and ends with 255', async () => {
    await ok('run -d --name box base:1 sleep 1000');
    const reasons = { script: 'no such file or directory', garbage: 'exec format error' };
    for (const [name, reason] of Object.entries(reasons)) {
      for (const args of [`run --rm base:1 ${name}`, `exec box ${name}`]) {
        const { code, stderr } = await docker(args);
        assert.deepEqual([code, stderr], [255, `exec /bin/${name}: ${reason}\n`]);
      }
    }
    await ok('rm -f box');
  });

  test('E11 --init makes a program end by the stop signal, without a handler, and reaps', async () => {
    await ok('run -d --init --user ada --name box base:1 sleep 1000');
    assert.match(
      await ok('exec box ps -o pid,comm,args'),
      /^ *1 init +init$[\s\S]*^ *\d+ sleep +sleep 1000$/m,
    );
    await ok(['exec', 'box', 'sh', '-c', '(sleep 0.01 &)']);
    await eventually('no zombie', async () => !/ Z /.test(await ok('exec box ps -o pid,stat,args')));
    await ok('stop box');
    assert.equal(await ok(['inspect', '-f', '{{.State.ExitCode}}', 'box']), '143');
    await ok('rm box');
    assert.equal((await docker(['run', '--rm', '--init', 'base:1', 'sh', '-c', 'exit 9'])).code, 9);
    const failed = await docker('run --rm --init base:1 nosuch');
    assert.match(failed.stderr, /error during container init: exec: "nosuch": executable file not found/);
  });

  test('E09 a client that stands still holds up neither the container nor who else is attached', async () => {
    const script = 'read line; yes 0123456789 | head -c 22000000; echo done';
    await ok(['run', '-d', '-i', '--name', 'busy', 'base:1', 'sh', '-c', script]);
    const stuck = attachTo('busy', suite.wharf.host);
    const living = docker(['attach', '--no-stdin', 'busy'], { timeoutMs: 60_000 });
    try {
      await eventually('two are attached', async () => (await attaches(suite.ok)) >= 2);
      stuck.kill('SIGSTOP');
      await docker('attach busy', { input: 'go\n', timeoutMs: 60_000 });
      assert.match((await living).stdout.slice(-20), /0123456789\ndone\n$/);
      assert.equal((await living).stdout.length, 22_000_005);
      assert.equal(await ok('wait busy'), '0');
      assert.equal(await ok('logs --tail 1 busy'), 'done');
    } finally {
      stuck.kill('SIGKILL');
      await ok('rm -f busy');
    }
  });

  test('E09 the only client of a foreground run is waited for, and gets every byte', async () => {
    const script = 'yes 0123456789 | head -c 22000000';
    const client = clientOf(['run', '--name', 'piped', 'base:1', 'sh', '-c', script], suite.wharf.host);
    await eventually('its program waits', async () => isBlocked(await docker('inspect piped')));
    let length = 0;
    for await (const chunk of client.stdout ?? []) length += chunk.length;
    assert.equal(length, 22_000_000);
    assert.equal(await ok('wait piped'), '0');
    await ok('rm piped');
  });
});

function attachTo(name: string, host: string): ChildProcess {
  return clientOf(['attach', '--no-stdin', name], host);
}

/** A client whose output waits to be read. */
function clientOf(args: readonly string[], host: string): ChildProcess {
  const env = { ...process.env, DOCKER_HOST: host };
  return spawn(dockerProgram, args, { env, stdio: ['ignore', 'pipe', 'ignore'] });
}

/** Whether all that the first process of an inspected container has started sleeps in writes to pipes. */
function isBlocked({ stdout }: Output): boolean {
  const pid = JSON.parse(stdout)[0]?.State.Pid ?? 0;
  if (pid === 0) return false;
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean);
  const waits = (child: string) => readFileSync(`/proc/${child}/wchan`, 'utf8').includes('pipe_write');
  return children.length === 2 && children.every(waits);
}

/** How often somebody has attached to the container `busy`. */
async function attaches(ok: (args: readonly string[]) => Promise<string>): Promise<number> {
  const filters = ['--filter', 'container=busy', '--filter', 'event=attach'];
  const now = `${Math.ceil(Date.now() / 1000)}`;
  const events = await ok(['events', '--since', '1', '--until', now, ...filters]);
  return events.split('\n').filter((line) => line !== '').length;
}
