import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { busyboxImage } from '../fixtures/busybox.ts';
import { dockerProgram, eventually, repository } from '../testing/programs.ts';
import { keys, openTerminal } from '../testing/terminal.ts';
import { useWharf } from '../testing/use-wharf.ts';

for (const program of [dockerProgram, `${repository}bin/wharf`]) {
  describe(`a terminal with ${program.split('/').at(-1)}`, () => {
    const suite = useWharf([busyboxImage('base:1')]);
    const { docker, ok } = suite;
    const sit = (args: string | readonly string[]) => {
      const words = typeof args === 'string' ? args.split(' ') : args;
      const client = { DOCKER_HOST: suite.wharf.host, WHARF_HOST: suite.wharf.host };
      return openTerminal([program, ...words], { ...client, DOCKER_CONFIG: `${suite.wharf.folder}/client` });
    };
    const status = (name: string) => ok(['inspect', '-f', '{{.State.Status}} {{.State.ExitCode}}', name]);

    test('E01 E03 E21 run -it is a shell in a terminal of the client’s size, which ends with exit', async () => {
      const terminal = sit('run -it --name shell base:1');
      await terminal.shows(/# $/);
      terminal.type('stty size; tty; echo $((6*7))\r');
      await terminal.shows(/33 99\r\n\/dev\/pts\/0\r\n42\r\n/);
      terminal.type('exit 5\r');
      assert.equal(await terminal.ended, 5);
      assert.equal(await status('shell'), 'exited 5');
      await ok('rm shell');
    });

    test('E21 Ctrl-D ends the shell; an application that fails ends its container at once', async () => {
      const terminal = sit('run -it --rm base:1');
      await terminal.shows(/# $/);
      terminal.type(keys.endOfInput);
      assert.equal(await terminal.ended, 0);
      assert.equal((await docker('run --rm base:1 false')).code, 1);
    });

    test('E22 F01 Ctrl-P Ctrl-Q leaves the container running; attach comes back to it', async () => {
      const terminal = sit('run -it --name left base:1');
      await terminal.shows(/# $/);
      terminal.type('mark=anchor\r');
      await terminal.shows(/anchor\r\n.*# $/);
      terminal.type(keys.detach);
      assert.equal(await terminal.ended, 0);
      assert.equal(await status('left'), 'running 0');
      const again = sit('attach left');
      again.type('echo still $mark\r');
      await again.shows(/still anchor/);
      again.type('exit\r');
      assert.equal(await again.ended, 0);
      await ok('rm left');
    });

    test('E09 two that are attached see the same', async () => {
      await ok('run -itd --name shared base:1');
      const windows = [sit('attach shared'), sit('attach shared')];
      // Only who is attached already sees what follows.
      for (const window of windows) {
        window.type('\r');
        await window.shows(/# /);
      }
      windows[0]?.type('echo from one$((1))\r');
      for (const window of windows) await window.shows(/from one1/);
      windows[1]?.type('exit\r');
      for (const window of windows) assert.equal(await window.ended, 0);
      await ok('rm shared');
    });

    test('E12 Ctrl-C stops a foreground container', async () => {
      const script = 'trap "echo caught; exit 9" INT; echo ready; while :; do sleep 0.05; done';
      const terminal = sit(['run', '--name', 'front', 'base:1', 'sh', '-c', script]);
      await terminal.shows(/ready/);
      terminal.type(keys.interrupt);
      assert.notEqual(await terminal.ended, 0);
      assert.equal(await status('front'), 'exited 9');
      await ok('rm front');
    });

    test('K03 Ctrl-C ends logs -f, the container goes on', async () => {
      await ok(['run', '-d', '--name', 'talk', 'base:1', 'sh', '-c', 'echo words; sleep 99']);
      const terminal = sit('logs -f talk');
      await terminal.shows(/words/);
      terminal.type(keys.interrupt);
      await terminal.ended;
      assert.equal(await status('talk'), 'running 0');
      await ok('rm -f talk');
    });

    test('E23 exec -it is a second shell; its end does not stop the container', async () => {
      await ok('run -d --name host base:1 sleep 99');
      const terminal = sit('exec -it host sh');
      await terminal.shows(/# $/);
      terminal.type('stty size; exit 3\r');
      assert.equal(await terminal.ended, 3);
      assert.match(terminal.shown(), /33 99/);
      await eventually('the container runs', async () => (await status('host')) === 'running 0');
      await ok('rm -f host');
    });
  });
}
