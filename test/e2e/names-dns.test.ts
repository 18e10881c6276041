import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { busyboxImage } from '../fixtures/busybox.ts';
import { eventually, runProgram } from '../testing/programs.ts';
import { useWharf } from '../testing/use-wharf.ts';

describe('names in containers', () => {
  const suite = useWharf([busyboxImage('box:1')]);
  const { docker, ok } = suite;
  const sleeper = (name: string, ...options: string[]) =>
    ok(['run', '-d', '--init', '--name', name, ...options, 'box:1', 'sleep', '1000']);
  const addressOf = (name: string, network: string) =>
    ok(['inspect', '-f', `{{(index .NetworkSettings.Networks "${network}").IPAddress}}`, name]);
  const resolverPid = () =>
    readdirSync('/proc').find((pid) => commandLine(pid).includes(`--directory=${suite.wharf.execRoot}`));
  /** Asks inside a container without the daemon. */
  const lookUpInside = async (pid: string, name: string) => {
    const output = await runProgram('nsenter', ['-t', pid, '-n', '-m', '/bin/nslookup', name]);
    return output.stdout;
  };
  const lookUp = async (container: string, ...words: string[]) => {
    const { stdout } = await docker(['exec', container, 'nslookup', ...words]);
    return stdout;
  };

  test('J09 containers of a user’s network find each other, also while the daemon is dead', async () => {
    await ok('network create pair');
    await sleeper('one', '--network', 'pair');
    await sleeper('two', '--network', 'pair', '--network-alias', 'second', '--hostname', 'deux');
    const address = await addressOf('two', 'pair');
    const shortId = (await ok('ps -q --no-trunc -f name=two')).slice(0, 12);
    for (const name of ['two', 'TWO', 'second', 'deux', shortId, 'two.pair']) {
      assert.match(await lookUp('one', name), new RegExp(`Address: ${address}$`, 'm'), name);
    }
    assert.match(await ok('exec two ping -c 1 one'), /1 packets received/);
    const pid = await ok(['inspect', '-f', '{{.State.Pid}}', 'one']);

    await suite.wharf.stop('SIGKILL');
    assert.match(await lookUpInside(pid, 'two'), new RegExp(`Address: ${address}$`, 'm'));
    await suite.wharf.start();
    assert.match(await lookUp('one', 'second'), new RegExp(`Address: ${address}$`, 'm'));
  });

  test('a resolver that is killed is replaced, and no question of that time is refused', async () => {
    const before = resolverPid();
    assert.ok(before !== undefined);
    process.kill(Number(before), 'SIGSTOP');
    const asked = lookUp('one', 'two');
    process.kill(Number(before), 'SIGKILL');
    assert.match(await asked, new RegExp(`Address: ${await addressOf('two', 'pair')}$`, 'm'));
    await eventually('another resolver', () => resolverPid() !== undefined && resolverPid() !== before);
  });

  test('names follow a rename and the end of their containers', async () => {
    await ok('rename two deuce');
    assert.match(await lookUp('one', 'deuce'), /Address: [\d.]+$/m);
    assert.doesNotMatch(await lookUp('one', 'two'), /Name:\s+two/);
    await ok('rm -f deuce');
    assert.doesNotMatch(await lookUp('one', 'deuce'), /Name:\s+deuce/);
    await ok('rm -f one');
    await ok('network rm pair');
  });
});

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}
