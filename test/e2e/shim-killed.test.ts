import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { busyboxImage } from '../fixtures/busybox.ts';
import { exchange } from '../testing/exchange.ts';
import { disagreements, holdingsOf, type Listed } from '../testing/holdings.ts';
import { eventually } from '../testing/programs.ts';
import { useWharf } from '../testing/use-wharf.ts';

const reason = "the container's shim was killed, and its processes with it";

describe('a shim that is killed', () => {
  const suite = useWharf([busyboxImage('base:1')]);
  const { docker, ok } = suite;
  const state = (name: string) =>
    ok(['inspect', '-f', '{{.State.Status}} {{.State.ExitCode}} {{.State.Error}}', name]);
  const pidOf = async (name: string) => {
    const pid = await eventually('it runs', async () => {
      const { stdout } = await docker(['inspect', '-f', '{{.State.Pid}}', name]);
      return Number(stdout) > 0 && Number(stdout);
    });
    return pid;
  };
  const shimOf = async (name: string) => {
    const status = readFileSync(`/proc/${await pidOf(name)}/status`, 'utf8');
    return Number(/^PPid:\s+(\d+)$/m.exec(status)?.[1]);
  };
  const nothingLeft = () =>
    eventually('nothing is left', async () => {
      const { text } = await exchange(suite.wharf.socketPath, 'GET', '/containers/json?all=1');
      return disagreements(await holdingsOf(suite.wharf), JSON.parse(text) as Listed[], []).length === 0;
    });

  test('is told as its container’s death, to all who wait for it', async () => {
    const foreground = docker('run --name held base:1 sleep 99');
    const pid = await pidOf('held');
    const waiting = docker('wait held');
    const exec = docker('exec held sleep 98');
    await eventually('the exec runs', async () => (await ok('top held')).includes('sleep 98'));
    process.kill(await shimOf('held'), 'SIGKILL');
    await Promise.all([foreground, waiting, exec]);
    assert.equal(await state('held'), `exited 137 ${reason}`);
    await eventually('no process of it lives', () => !existsSync(`/proc/${pid}`));
    await nothingLeft();
    await ok('start held');
    assert.match(await state('held'), /^running 0 $/);
    await ok('rm -f held');
  });

  test('while the daemon is down is told by the next one', async () => {
    await ok('run -d --name lost -p 127.0.0.1::80 base:1 sleep 99');
    const shim = await shimOf('lost');
    await suite.wharf.stop('SIGKILL');
    process.kill(shim, 'SIGKILL');
    await suite.wharf.start();
    assert.equal(await state('lost'), `exited 137 ${reason}`);
    await nothingLeft();
    await ok('rm lost');
  });

  test('counts as an end for the restart policy', async () => {
    await ok('run -d --name again --restart on-failure base:1 sleep 99');
    const before = await pidOf('again');
    process.kill(await shimOf('again'), 'SIGKILL');
    await eventually('it runs again', async () => {
      const { stdout } = await docker(['inspect', '-f', '{{.RestartCount}} {{.State.Pid}}', 'again']);
      const [count, pid] = stdout.split(' ').map(Number);
      return count === 1 && pid !== 0 && pid !== before;
    });
    await ok('rm -f again');
    await nothingLeft();
  });
});
