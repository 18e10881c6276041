import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { busyboxImage } from '../fixtures/busybox.ts';
import { eventually, repository } from '../testing/programs.ts';
import { keys, openTerminal, type Terminal } from '../testing/terminal.ts';
import { useWharf } from '../testing/use-wharf.ts';

const program = `${repository}bin/wharf`;

/** Says its own process id, the terminal's settings before and after, and the exit code of what it runs. */
const watched = `
  stty -g > $0.before
  sh -c 'echo $$ > '$0'.pid; exec "$@"' sh "$@"
  echo $? > $0.code
  stty -g > $0.after
`;

/** Answers signals with its exit code, and says when it is ready. */
const listener =
  'for s in HUP INT TERM USR1 USR2; do trap "echo heard $s; exit 9" $s; done; echo ready; while :; do sleep 0.05; done';

describe('signals and terminals of wharf', () => {
  const suite = useWharf([busyboxImage('base:1')]);
  const { ok } = suite;
  const environment = () => ({
    DOCKER_HOST: suite.wharf.host,
    DOCKER_CONFIG: `${suite.wharf.folder}/client`,
  });

  let count = 0;
  const sit = (...args: string[]) => {
    const mark = `${suite.wharf.folder}/sit${count++}`;
    const terminal = openTerminal(['sh', '-c', watched, mark, program, ...args], environment());
    const read = (kind: string) => readFileSync(`${mark}.${kind}`, 'utf8').trim();
    return {
      terminal,
      signal: (name: NodeJS.Signals) => process.kill(Number(read('pid')), name),
      /** The program's exit code; the terminal must be as it was. */
      async ended(): Promise<number> {
        await terminal.ended;
        assert.equal(read('after'), read('before'), 'the terminal is as it was');
        return Number(read('code'));
      },
    };
  };
  const ready = (terminal: Terminal) => terminal.shows(/ready/);
  const running = async (name: string) =>
    (await ok(['inspect', '-f', '{{.State.Running}}', name])) === 'true';

  test('the terminal is given back at the end, and when the user detaches', async () => {
    const over = sit('run', '-it', '--rm', 'base:1', 'sh', '-c', 'exit 4');
    assert.equal(await over.ended(), 4);
    const left = sit('run', '-it', '--name', 'left', 'base:1', 'sh', '-c', listener);
    await ready(left.terminal);
    left.terminal.type(keys.detach);
    assert.equal(await left.ended(), 0);
    assert.ok(await running('left'));
    await ok('rm -f left');
  });

  test('run -it passes signals on, and ends with the code of the container', async () => {
    const there = sit('run', '-it', '--rm', 'base:1', 'sh', '-c', listener);
    await ready(there.terminal);
    there.signal('SIGHUP');
    assert.equal(await there.ended(), 9);
    assert.match(there.terminal.shown(), /heard HUP/);
  });

  for (const [signal, code] of [
    ['SIGHUP', 129],
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const) {
    test(`--sig-proxy=false: ${signal} ends the client, gives the terminal back, and the container goes on`, async () => {
      const there = sit('run', '-it', '--sig-proxy=false', '--name', 'on', 'base:1', 'sh', '-c', listener);
      await ready(there.terminal);
      there.signal(signal);
      assert.equal(await there.ended(), code);
      assert.ok(await running('on'));
      await ok('rm -f on');
    });
  }

  test('attach -it and exec -it end by signals with the terminal given back', async () => {
    await ok([
      'run',
      '-dit',
      '--name',
      'peer',
      'base:1',
      'sh',
      '-c',
      'while :; do echo ready; sleep 0.05; done',
    ]);
    for (const args of [
      ['attach', 'peer'],
      ['exec', '-it', 'peer', 'sh', '-c', listener],
    ]) {
      const there = sit(...args);
      await ready(there.terminal);
      there.signal('SIGTERM');
      assert.equal(await there.ended(), 143);
    }
    await ok('rm -f peer');
  });

  test('a daemon that dies is told, with the terminal given back; the container goes on', async () => {
    const there = sit('run', '-it', '--name', 'orphan', 'base:1', 'sh', '-c', listener);
    await ready(there.terminal);
    await suite.wharf.stop('SIGKILL');
    assert.equal(await there.ended(), 125);
    assert.match(there.terminal.shown(), /error waiting for container: /);
    await suite.wharf.start();
    assert.ok(await running('orphan'));
    await ok('rm -f orphan');
  });

  const open = (...args: string[]) => {
    const client = spawn(program, args, { env: { ...process.env, ...environment() }, stdio: 'pipe' });
    let text = '';
    client.stdout.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
    const says = (pattern: RegExp) => eventually(`the client says ${pattern}`, () => pattern.test(text));
    return { client, says };
  };
  const exitCode = async (client: ChildProcess) => (await once(client, 'exit'))[0] as number | null;

  test('run passes signals on without a terminal', async () => {
    const { client, says } = open('run', '--rm', 'base:1', 'sh', '-c', listener);
    await says(/ready/);
    client.kill('SIGUSR2');
    assert.equal(await exitCode(client), 9);
    await says(/heard USR2/);
  });

  test('exec passes signals on to its process, and to that one only', async () => {
    await ok(['run', '-d', '--name', 'host', 'base:1', 'sh', '-c', listener]);
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGUSR1'] as const) {
      const { client, says } = open('exec', 'host', 'sh', '-c', listener);
      await says(/ready/);
      client.kill(signal);
      assert.equal(await exitCode(client), 9);
      await says(new RegExp(`heard ${signal.slice(3)}`));
    }
    assert.ok(await running('host'));
    await ok('rm -f host');
  });

  test('an exec whose client is killed ends with it', async () => {
    await ok('run -d --name host base:1 sleep 99');
    const { client, says } = open('exec', 'host', 'sh', '-c', 'echo ready; exec sleep 77');
    await says(/ready/);
    client.kill('SIGKILL');
    await eventually('the process is gone', async () => !(await ok('top host')).includes('sleep 77'));
    await ok('rm -f host');
  });
});
