import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { freePort } from './free-port.ts';
import { eventually, repository } from './programs.ts';

/** A wharf-registry with a data root of its own on a port of 127.0.0.1 that it keeps over restarts. */
export interface OwnRegistry extends AsyncDisposable {
  /** `127.0.0.1:PORT`, to put before an image's name. */
  readonly address: string;
  readonly folder: string;
  /** Process id of the running server. */
  readonly pid: number;
  readonly dataRoot: string;
  /** Sends a request to a path that begins with a slash. */
  ask(method: string, path: string, init?: RequestInit): Promise<Response>;
  /** Starts the server, which must not be running. */
  start(args?: readonly string[]): Promise<void>;
  /** Ends the server and resolves with its exit code; a signal's is null. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
  signal(signal: NodeJS.Signals): void;
  /** What the server has logged since it started. */
  log(): string;
}

export interface OwnRegistryOptions {
  readonly args?: readonly string[];
  /** Absent: in the registry's own folder. */
  readonly dataRoot?: string;
}

export async function startOwnRegistry(options: OwnRegistryOptions = {}): Promise<OwnRegistry> {
  const folder = await mkdtemp('/var/tmp/wharf-test-own-registry-');
  const address = `127.0.0.1:${await freePort()}`;
  const dataRoot = options.dataRoot ?? `${folder}/data`;
  const place = ['--listen', address, '--data-root', dataRoot];
  let child: ChildProcess | undefined;
  const logged = () => readFileSync(`${folder}/log`, 'utf8');
  const registry: OwnRegistry = {
    address,
    folder,
    dataRoot,
    get pid() {
      if (child?.pid === undefined) throw new Error('the registry is not running');
      return child.pid;
    },
    ask: (method, path, init) => fetch(`http://${address}${path}`, { ...init, method }),
    async start(args = []) {
      const log = openSync(`${folder}/log`, 'w');
      const words = [...place, ...(options.args ?? []), ...args];
      child = spawn(`${repository}bin/wharf-registry`, words, { stdio: ['ignore', log, log] });
      closeSync(log);
      await eventually('the registry serves', () => {
        if (child?.exitCode !== null) throw new Error(`the registry has ended: ${logged()}`);
        return logged().includes('msg="serving"');
      });
    },
    async stop(signal = 'SIGTERM') {
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) return null;
      const ended = once(child, 'exit');
      child.kill(signal);
      const [code] = await ended;
      return code;
    },
    signal: (signal) => void child?.kill(signal),
    log: logged,
    async [Symbol.asyncDispose]() {
      await registry.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
  await registry.start();
  return registry;
}
