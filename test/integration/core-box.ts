import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog } from '#base';
import { encodePlan, type LaunchPlan } from '#runtime';
import { createTasks, type ExecSpec, type Task, type TaskLog, type TaskSpec, type Tasks } from '#task';
import { busyboxPath } from '../fixtures/busybox.ts';

const CLONE_NEWNS = 0x0002_0000n;
const CLONE_NEWUTS = 0x0400_0000n;
const CLONE_NEWIPC = 0x0800_0000n;
const CLONE_NEWPID = 0x2000_0000n;
const CLONE_NEWNET = 0x4000_0000n;
const namespaces = CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWPID;

const MS_REC_PRIVATE = 0x4_0000n;
const env = ['PATH=/bin', 'HOME=/root', 'TERM=xterm'];

type InitOp = LaunchPlan['init'][number];

export interface BoxOptions extends Partial<TaskSpec> {
  readonly argv: readonly string[];
  readonly before?: LaunchPlan['before'];
  readonly after?: LaunchPlan['after'];
  /** Operations just before the exec. */
  readonly last?: readonly InitOp[];
  readonly ownNetwork?: boolean;
}

/** A directory with a root file system of busybox, a state directory, and tasks that run in them. */
export class Box implements AsyncDisposable {
  readonly path = mkdtempSync(join(tmpdir(), 'wt-core-'));
  readonly root = join(this.path, 'root');
  readonly execRoot = join(this.path, 'run');
  readonly log = join(this.path, 'box.log');
  readonly tasks: Tasks = newTasks(this.execRoot);
  readonly #started: Task[] = [];

  constructor() {
    for (const name of ['bin', 'proc', 'dev', 'sys', 'tmp', 'root'])
      mkdirSync(join(this.root, name), { recursive: true });
    copyFileSync(busyboxPath, join(this.root, 'bin/busybox'));
    copyFileSync(busyboxPath, join(this.root, 'bin/sh'));
  }

  /** A second daemon on the same state directory. */
  otherTasks(): Tasks {
    return newTasks(this.execRoot);
  }

  stateDir(id = 'box'): string {
    return join(this.execRoot, 'containers', id);
  }

  async start(options: BoxOptions): Promise<Task> {
    const { argv, before, after, last, ownNetwork, ...spec } = options;
    const id = spec.id ?? 'box';
    const task = await this.tasks.start({
      id,
      dir: this.stateDir(id),
      terminal: false,
      openStdin: false,
      stdinOnce: false,
      log: this.logOptions(),
      plan: this.plan(options),
      ...spec,
    });
    this.#started.push(task);
    return task;
  }

  plan(options: BoxOptions): Uint8Array {
    return encodePlan({
      cloneFlags: namespaces | (options.ownNetwork ? CLONE_NEWNET : 0n),
      before: options.before ?? [],
      after: options.after ?? [],
      init: [
        ...this.#rootOps(),
        { op: 'wait' },
        { op: 'pivotRoot' },
        ...(options.terminal ? [{ op: 'terminal', rows: 24, columns: 80, console: 1 } as const] : []),
        ...(options.last ?? []),
        { op: 'exec', argv: options.argv, env },
      ],
    });
  }

  exec(task: Task, argv: readonly string[], options: Partial<ExecSpec> = {}): ReturnType<Task['exec']> {
    const terminal = options.terminal ?? false;
    const init: InitOp[] = [{ op: 'wait' }, { op: 'root', path: '/' }];
    if (terminal) init.push({ op: 'terminal', rows: 10, columns: 20, console: 0 });
    init.push({ op: 'exec', argv, env });
    const plan = encodePlan({ cloneFlags: 0n, before: [], after: [], init });
    return task.exec({ id: 'exec1', plan, terminal, openStdin: false, detached: false, ...options });
  }

  logOptions(options: Partial<TaskLog> = {}): TaskLog {
    return { path: this.log, format: 'json-file', maxSize: 0, maxFiles: 1, attributes: '', ...options };
  }

  /** The lines of the log, or of another file of it, in order; one that is still being written is left out. */
  logged(path = this.log): { log: string; stream: string; time: string; attrs?: unknown }[] {
    return readFileSync(path, 'utf8')
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const task of this.#started) {
      await task.kill(9).catch(() => undefined);
      task.close();
    }
    rmSync(this.path, { recursive: true, force: true });
  }

  #rootOps(): InitOp[] {
    return [
      { op: 'propagate', target: '/', recursive: 1, propagation: MS_REC_PRIVATE },
      { op: 'bind', source: this.root, target: this.root, recursive: 0, set: 0n, clear: 0n },
      { op: 'root', path: this.root },
      { op: 'mount', source: 'proc', target: '/proc', fstype: 'proc', flags: 14, data: '' },
      { op: 'mount', source: 'tmpfs', target: '/dev', fstype: 'tmpfs', flags: 2, data: 'mode=755' },
      { op: 'mkdir', target: '/dev/pts', mode: 0o755, uid: 0, gid: 0 },
      {
        op: 'mount',
        source: 'devpts',
        target: '/dev/pts',
        fstype: 'devpts',
        flags: 10,
        data: 'newinstance,ptmxmode=0666,mode=0620,gid=5',
      },
      { op: 'mknod', target: '/dev/null', mode: 0o20666, major: 1, minor: 3, uid: 0, gid: 0 },
      { op: 'createFile', target: '/dev/console', mode: 0o600 },
    ];
  }
}

/** Collects a relay socket: everything up to its end. */
export function readAll(socket: Socket): Promise<Buffer> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('close', () => resolve(Buffer.concat(chunks)));
    socket.on('end', () => socket.end());
    socket.resume();
  });
}

/** Collects until `needle` has come. */
export function readUntil(socket: Socket, needle: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let seen = '';
    const onData = (chunk: Buffer): void => {
      seen += chunk.toString();
      if (!seen.includes(needle)) return;
      socket.off('data', onData).off('close', onClose).pause();
      resolve(seen);
    };
    const onClose = (): void => reject(new Error(`closed after ${JSON.stringify(seen)}`));
    socket.on('data', onData).on('close', onClose).resume();
  });
}

/** The payloads of Docker's stream frames, by stream. */
export function demultiplex(bytes: Buffer): { stdout: string; stderr: string } {
  const streams = { stdout: '', stderr: '' };
  for (let at = 0; at < bytes.length; ) {
    const size = bytes.readUInt32BE(at + 4);
    streams[bytes[at] === 2 ? 'stderr' : 'stdout'] += bytes.toString('utf8', at + 8, at + 8 + size);
    at += 8 + size;
  }
  return streams;
}

function newTasks(execRoot: string): Tasks {
  const corePath = join(import.meta.dirname, '../../bin/wharf-core');
  return createTasks({ corePath, execRoot, log: silentLog });
}
