import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { exchange } from './exchange.ts';
import { freeSubnet } from './free-subnet.ts';
import {
  dockerPlugins,
  dockerProgram,
  eventually,
  type Output,
  type RunOptions,
  repository,
  runProgram,
} from './programs.ts';

export interface TestWharfOptions {
  /** Further arguments of wharfd. */
  readonly args?: readonly string[];
  /** The wharfd that starts first; absent: this repository's, as for all later starts. */
  readonly program?: string;
}

/** A wharfd with roots, socket, bridge, address range and cgroup parent of its own, and clients that talk to it. */
export interface TestWharf extends AsyncDisposable {
  readonly folder: string;
  readonly host: string;
  readonly socketPath: string;
  readonly dataRoot: string;
  readonly execRoot: string;
  readonly bridge: string;
  readonly cgroupParent: string;
  /** Process id of the running daemon. */
  readonly pid: number;
  /** Runs the stock client. */
  docker(args: readonly string[], options?: RunOptions): Promise<Output>;
  /** Runs the stock client, which must succeed, and gives its standard output without the last newline. */
  dockerOk(args: readonly string[], options?: RunOptions): Promise<string>;
  /** Runs `bin/wharf` against this daemon. */
  wharf(args: readonly string[], options?: RunOptions): Promise<Output>;
  /** Starts the daemon, which must not be running. */
  start(args?: readonly string[], program?: string): Promise<void>;
  /** Ends the daemon: SIGTERM by default, SIGKILL for a crash. */
  stop(signal?: NodeJS.Signals): Promise<void>;
  /** What the daemon has logged. */
  log(): string;
}

/** Starts a daemon; disposing removes every container, the daemon and all that they left. */
export async function startWharf(options: TestWharfOptions = {}): Promise<TestWharf> {
  const subnet = freeSubnet();
  const folder = await mkdtemp('/var/tmp/wharf-test-');
  const mark = folder.slice(-6);
  const paths = {
    folder,
    socketPath: `${folder}/wharf.sock`,
    dataRoot: `${folder}/data`,
    execRoot: `${folder}/run`,
    bridge: `wt-${mark}`,
    cgroupParent: `/wharf-test-${mark}`,
  };
  const daemonArgs = [
    ...['--data-root', paths.dataRoot, '--exec-root', paths.execRoot, '-H', `unix://${paths.socketPath}`],
    ...['--pidfile', `${folder}/wharf.pid`, '--bridge', paths.bridge, '--bip', `${subnet}.1/24`],
    ...['--cgroup-parent', paths.cgroupParent, '--log-level', 'info', ...(options.args ?? [])],
  ];
  const host = `unix://${paths.socketPath}`;
  const env = { DOCKER_HOST: host, DOCKER_CONFIG: `${folder}/client`, WHARF_HOST: host };
  await mkdir(`${folder}/client`);
  await symlink(dockerPlugins, `${folder}/client/cli-plugins`);
  let daemon: ChildProcess | undefined;

  const wharf: TestWharf = {
    ...paths,
    host,
    get pid() {
      if (daemon?.pid === undefined) throw new Error('the daemon is not running');
      return daemon.pid;
    },
    docker: (args, run) => runProgram(dockerProgram, args, { ...run, env: { ...env, ...run?.env } }),
    async dockerOk(args, run) {
      const output = await this.docker(args, run);
      if (output.code !== 0)
        throw new Error(`docker ${args.join(' ')}: exit ${output.code}: ${output.stderr}`);
      return output.stdout.replace(/\n$/, '');
    },
    wharf: (args, run) =>
      runProgram(`${repository}bin/wharf`, args, { ...run, env: { ...env, ...run?.env } }),
    async start(args = [], program?: string) {
      daemon = spawnDaemon([...daemonArgs, ...args], `${folder}/wharfd.log`, program);
      await once(daemon, 'spawn');
      await answers(paths.socketPath, daemon, () => wharf.log());
    },
    async stop(signal = 'SIGTERM') {
      const stopping = daemon;
      daemon = undefined;
      if (stopping !== undefined) await ended(stopping, signal);
    },
    log: () => readFileSync(`${folder}/wharfd.log`, 'utf8'),
    async [Symbol.asyncDispose]() {
      if (daemon === undefined || hasEnded(daemon)) await wharf.start();
      const ids = (await wharf.dockerOk(['ps', '-aq'])).split('\n').filter((id) => id !== '');
      if (ids.length > 0) await wharf.docker(['rm', '-f', '-v', ...ids]);
      await wharf.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
  try {
    await wharf.start([], options.program);
  } catch (error) {
    await wharf.stop('SIGKILL');
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
  return wharf;
}

function spawnDaemon(args: readonly string[], logPath: string, other: string | undefined): ChildProcess {
  const log = openSync(logPath, 'a');
  const onNode = process.env.WHARF_TEST_RUNTIME === 'node' && other === undefined;
  const [program, first] = onNode
    ? ['node', ['--no-warnings', `${repository}src/daemon/main.ts`]]
    : [other ?? `${repository}bin/wharfd`, []];
  const child = spawn(program, [...first, ...args], { stdio: ['ignore', log, log] });
  closeSync(log);
  return child;
}

async function answers(socketPath: string, daemon: ChildProcess, log: () => string): Promise<void> {
  await eventually('the daemon answers', async () => {
    if (hasEnded(daemon))
      throw new Error(`wharfd ended with ${daemon.exitCode ?? daemon.signalCode}: ${log()}`);
    return await isServed(socketPath);
  });
}

/** A connection is not enough: a process that a killed daemon was just starting holds its socket for a moment. */
async function isServed(socketPath: string): Promise<boolean> {
  try {
    return (await exchange(socketPath, 'GET', '/_ping')).status === 200;
  } catch {
    return false;
  }
}

function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  return new Promise((resolve) => {
    if (child.pid === undefined || hasEnded(child)) return resolve();
    child.once('exit', () => resolve());
    child.kill(signal);
  });
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}
