import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EngineError } from '#base';
import { PLAN_REVISION } from '#runtime';
import type { Attachment, AttachOptions, ExitStatus, Task, TaskSpec, Tasks } from '../types.ts';

const STDOUT = 1;

/** What a fake process does with its life: it writes, reads and at last returns its exit code. */
export type FakeProgram = (process: FakeProcess) => Promise<number>;

export interface FakeProcess {
  write(text: string): void;
  /** Resolves with the signal that is to end it. */
  readonly killed: Promise<number>;
}

/** Tasks without a kernel: every program is a function. Shims live as long as this object. */
export function createFakeTasks(program: FakeProgram): Tasks {
  const tasks = new Map<string, FakeTask>();
  const ended = new Map<string, ExitStatus>();
  return {
    async start(spec, signal) {
      signal?.throwIfAborted();
      const task = new FakeTask(spec, 1000 + tasks.size);
      task.attached = await Promise.all(
        (spec.attach ?? []).map(async (options) => (await task.attach(options)).socket),
      );
      tasks.set(spec.id, task);
      void task.exited.then((status) => ended.set(spec.id, status));
      if (!spec.createOnly) task.run(program);
      else task.onRelease = () => task.run(program);
      return task;
    },
    async connect(id) {
      return ended.get(id) ?? tasks.get(id);
    },
  };
}

class FakeTask implements Task {
  readonly id: string;
  readonly pid: number;
  readonly planRevision = PLAN_REVISION;
  readonly #exited = Promise.withResolvers<ExitStatus>();
  readonly #killed = Promise.withResolvers<number>();
  readonly #clients: { readonly socket: Socket; readonly options: AttachOptions }[] = [];
  readonly #logListeners = new Set<(position: bigint) => void>();
  readonly #terminal: boolean;
  #logged = 0n;
  #over = false;
  attached: readonly Socket[] = [];
  onRelease: () => void = () => undefined;

  constructor(spec: TaskSpec, pid: number) {
    this.id = spec.id;
    this.pid = pid;
    this.#terminal = spec.terminal;
  }

  get exited(): Promise<ExitStatus> {
    return this.#exited.promise;
  }

  run(program: FakeProgram): void {
    const killed = this.#killed.promise;
    const byItself = program({ write: (text) => this.#write(text), killed });
    const bySignal = killed.then((signal) => ({ code: 128 + signal, signal }));
    void Promise.race([byItself.then((code) => ({ code, signal: 0 })), bySignal]).then(({ code, signal }) => {
      this.#over = true;
      for (const { socket } of this.#clients) socket.end();
      this.#exited.resolve({ code, signal, timeNs: BigInt(Date.now()) * 1_000_000n });
    });
  }

  async attach(options: AttachOptions): Promise<Attachment> {
    this.#requireAlive();
    const [ours, theirs] = await socketPair();
    this.#clients.push({ socket: ours, options });
    return { socket: theirs, sinceNs: BigInt(Date.now()) * 1_000_000n };
  }

  async release(): Promise<void> {
    this.onRelease();
  }

  async resize(): Promise<void> {
    this.#requireAlive();
  }

  async kill(signal: number): Promise<void> {
    this.#requireAlive();
    this.#killed.resolve(signal);
  }

  async closeStdin(): Promise<void> {
    this.#requireAlive();
  }

  async exec(): Promise<never> {
    throw new EngineError('notImplemented', 'a fake task runs no exec');
  }

  async execs(): Promise<readonly []> {
    return [];
  }

  async clearLog(): Promise<void> {
    this.#requireAlive();
  }

  async listen(): Promise<void> {
    this.#requireAlive();
  }

  logPosition(onGrow: (position: bigint) => void, from = this.#logged): Disposable {
    const listener = (position: bigint): void => (position > from ? onGrow(position) : undefined);
    this.#logListeners.add(listener);
    listener(this.#logged);
    return { [Symbol.dispose]: () => void this.#logListeners.delete(listener) };
  }

  close(): void {
    this.#logListeners.clear();
  }

  #write(text: string): void {
    const bytes = Buffer.from(text);
    const frame = this.#terminal ? bytes : muxFrame(bytes);
    for (const { socket, options } of this.#clients) if (options.stdout) socket.write(frame);
    this.#logged += BigInt(bytes.length);
    for (const listener of this.#logListeners) listener(this.#logged);
  }

  #requireAlive(): void {
    if (this.#over) throw new EngineError('conflict', 'the container is not running');
  }
}

function muxFrame(bytes: Buffer): Buffer {
  const header = Buffer.alloc(8);
  header[0] = STDOUT;
  header.writeUInt32BE(bytes.length, 4);
  return Buffer.concat([header, bytes]);
}

/** Two ends of one connection; the second is paused, as the sockets of a shim are. */
async function socketPair(): Promise<[Socket, Socket]> {
  const dir = mkdtempSync(join(tmpdir(), 'wharf-fake-'));
  const server = createServer();
  try {
    server.listen(join(dir, 'pair'));
    await once(server, 'listening');
    const accepted = once(server, 'connection') as Promise<[Socket]>;
    const theirs = connect(join(dir, 'pair')).pause();
    const [ours] = await accepted;
    return [ours.resume(), theirs];
  } finally {
    server.close();
    rmSync(dir, { recursive: true });
  }
}
