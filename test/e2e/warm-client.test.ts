import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { busyboxImage } from '../fixtures/busybox.ts';
import { eventually, type Output, repository, runProgram } from '../testing/programs.ts';
import { useWharf } from '../testing/use-wharf.ts';
import { endWarmClients, warmClients } from '../testing/warm-clients.ts';

const program = `${repository}bin/wharf`;
const nobody = 65534;

describe('a client that stays', () => {
  const suite = useWharf([busyboxImage('base:1')]);
  const { ok } = suite;
  let folder: string;
  let environment: NodeJS.ProcessEnv;

  const wharf = (args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Output> =>
    runProgram(program, args, { env: { ...environment, ...env } });
  const open = (...args: readonly string[]): ChildProcess =>
    spawn(program, args, { env: { ...process.env, ...environment }, stdio: 'pipe' });
  const says = (client: ChildProcess, pattern: RegExp): Promise<unknown> => {
    let text = '';
    client.stdout?.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
    return eventually(`the client says ${pattern}`, () => pattern.test(text));
  };
  const warm = () => warmClients(folder);
  /** A client that listens; the one before it is gone. One that is still ending may hold its lock for a moment. */
  const freshClient = async (): Promise<number> => {
    await endWarmClients(folder);
    return eventually('a client stays and listens', async () => {
      await wharf(['ps']);
      const sockets = readdirSync(`${folder}/wharf`).filter((name) => !name.endsWith('.lock'));
      return sockets.length > 0 && warm()[0];
    });
  };

  before(async () => {
    folder = `${suite.wharf.folder}/runtime`;
    mkdirSync(folder, { mode: 0o700 });
    environment = {
      DOCKER_HOST: suite.wharf.host,
      DOCKER_CONFIG: `${suite.wharf.folder}/client`,
      XDG_RUNTIME_DIR: folder,
      WHARF_WARM: '30',
    };
    await ok('run -d --name host base:1 sleep 999');
  });
  after(() => endWarmClients(folder));

  test('many first commands at once leave one behind', async () => {
    const outputs = await Promise.all(Array.from({ length: 12 }, () => wharf(['ps', '-q'])));
    for (const output of outputs) assert.match(output.stdout, /^[0-9a-f]{12}\n$/);
    await eventually('one client stays', () => warm().length === 1);
  });

  test('it is what runs the next command, and its death is told, not hidden by a second try', async () => {
    const pid = await freshClient();
    const client = open('exec', 'host', 'sh', '-c', 'echo once >> /tries; echo ready; sleep 99');
    await says(client, /ready/);
    process.kill(pid, 'SIGKILL');
    let complaint = '';
    client.stderr?.setEncoding('utf8').on('data', (part: string) => {
      complaint += part;
    });
    const [code] = await once(client, 'close');
    assert.equal(code, 125);
    assert.match(complaint, /^wharf: the client process that ran this command has ended/);
    assert.equal(await ok('exec host cat /tries'), 'once');
  });

  test('one that does not answer is not waited for', async () => {
    const pid = await freshClient();
    process.kill(pid, 'SIGSTOP');
    try {
      assert.equal((await wharf(['exec', 'host', 'echo', 'done'])).stdout, 'done\n');
    } finally {
      process.kill(pid, 'SIGCONT');
    }
  });

  test('exit codes and both outputs come back', async () => {
    await freshClient();
    assert.deepEqual(await wharf(['exec', 'host', 'sh', '-c', 'echo out; echo err >&2; exit 7']), {
      code: 7,
      stdout: 'out\n',
      stderr: 'err\n',
    });
    assert.equal((await wharf(['run', '--rm', 'base:1', 'nothing-like-this'])).code, 127);
    assert.equal((await wharf(['run', '--rm', 'base:1', 'sh', '-c', 'exit 200'])).code, 200);
    const missing = await wharf(['inspect', 'missing']);
    assert.deepEqual([missing.code, missing.stdout], [1, '[]\n']);
  });

  test('every command has the environment and the folder of its caller', async () => {
    await freshClient();
    const show = ['run', '--rm', '-e', 'MARK', 'base:1', 'sh', '-c', 'echo $MARK'];
    const marks = ['one', 'two', 'three'];
    const outputs = await Promise.all(marks.map((MARK) => wharf(show, { MARK })));
    assert.deepEqual(
      outputs.map(({ stdout }) => stdout.trim()),
      marks,
    );
    const elsewhere = await wharf(['ps'], { DOCKER_HOST: 'unix:///nowhere.sock' });
    assert.match(elsewhere.stderr, /^Cannot connect to the Docker daemon at unix:\/\/\/nowhere\.sock/);
  });

  test('signals go to the process of the command, or end the client as the kernel has it', async () => {
    await freshClient();
    const listener =
      'for s in INT TERM USR1; do trap "echo heard $s; exit 9" $s; done; echo ready; while :; do sleep 0.05; done';
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGUSR1'] as const) {
      const client = open('exec', 'host', 'sh', '-c', listener);
      await says(client, /ready/);
      client.kill(signal);
      assert.deepEqual(await once(client, 'close'), [9, null]);
    }
    const waiting = open('wait', 'host');
    waiting.kill('SIGINT');
    assert.deepEqual(await once(waiting, 'close'), [null, 'SIGINT']);
  });

  test('a client that is killed takes its exec along', async () => {
    await freshClient();
    const client = open('exec', 'host', 'sh', '-c', 'echo ready; exec sleep 77');
    await says(client, /ready/);
    client.kill('SIGKILL');
    await eventually('the process is gone', async () => !(await ok('top host')).includes('sleep 77'));
  });

  test('a slow reader does not hold up a quick one, and gets all', async () => {
    await freshClient();
    const slow = open('exec', 'host', 'sh', '-c', 'echo ready; yes | head -c 20000000');
    await once(slow.stdout as NodeJS.ReadableStream, 'readable');
    assert.equal((await wharf(['exec', 'host', 'echo', 'quick'])).stdout, 'quick\n');
    let bytes = 0;
    slow.stdout?.on('data', (part: Buffer) => {
      bytes += part.length;
    });
    assert.deepEqual(await once(slow, 'close'), [0, null]);
    assert.equal(bytes, 20_000_006);
  });

  test('a reader who has gone ends the command as a broken pipe does', async () => {
    await freshClient();
    const line = `${program} exec host yes | head -n 1; echo`;
    const piped = await runProgram('sh', ['-c', line], { env: environment });
    assert.equal(piped.stdout, 'y\n\n');
    await eventually('nothing goes on', async () => !(await ok('top host')).includes('yes'));
  });

  test('a caller may have closed its standard descriptors', async () => {
    await freshClient();
    const line = `${program} exec host echo said >&- 2>&-; echo $?; ${program} exec host echo said <&-`;
    const closed = await runProgram('sh', ['-c', line], { env: environment });
    assert.match(closed.stdout, /^\d+\nsaid\n$/);
  });

  test('another user is not served by it, and gets one of their own', async () => {
    const pid = await freshClient();
    const asNobody = (...words: readonly string[]) => {
      const identity = [`--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups'];
      return runProgram('setpriv', [...identity, ...words], {
        env: { ...environment, XDG_RUNTIME_DIR: theirs },
      });
    };
    const theirs = mkdtempSync('/var/tmp/wharf-test-');
    chownSync(theirs, nobody, nobody);
    for (let time = 0; time < 3; time++) {
      assert.match((await asNobody(program, 'ps')).stderr, /^permission denied/);
    }
    await eventually('they have one', () => warmClients(theirs).length === 1);
    assert.deepEqual(warm(), [pid]);
    await endWarmClients(theirs);
    rmSync(theirs, { recursive: true });
  });

  test('other groups, another time zone, another root: another client', async () => {
    const pid = await freshClient();
    await runProgram('setpriv', ['--groups=4711', program, 'ps'], { env: environment });
    await wharf(['ps'], { TZ: 'Asia/Tokyo' });
    await runProgram('unshare', ['--mount', program, 'ps'], { env: environment });
    await eventually('three others', () => warm().filter((other) => other !== pid).length === 3);
  });

  test('WHARF_WARM=0 leaves nothing behind, and what was left leaves by itself', async () => {
    await endWarmClients(folder);
    rmSync(`${folder}/wharf`, { recursive: true });
    await wharf(['ps'], { WHARF_WARM: '0' });
    assert.deepEqual([warm(), existsSync(`${folder}/wharf`)], [[], false]);
    await wharf(['ps'], { WHARF_WARM: '1' });
    await eventually(
      'it has come and gone',
      () => warm().length === 0 && readdirSync(`${folder}/wharf`).length === 0,
    );
  });
});
