import { readFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { EngineError, nowNs } from '#base';
import { PLAN_REVISION } from '#runtime';
import { Channel, refusal, shimGone } from './channel.ts';
import { ask, connectShim } from './connect.ts';
import { decodeFailure, launchError } from './failure.ts';
import { encodeFrame, type Frame, frameTypes } from './frames.ts';
import { lostExit, shimLost } from './lost.ts';
import {
  decodeExecId,
  decodeExecList,
  decodeExit,
  decodeState,
  encodeAttach,
  encodeControl,
  encodeExec,
  encodeStart,
  encodeWatchLog,
  type ListedExec,
  parseExitFile,
  type ShimState,
} from './messages.ts';
import type {
  Attachment,
  AttachOptions,
  ExecSpec,
  ExecTask,
  ExitStatus,
  KnownExec,
  Task,
  TaskSpec,
  TerminalSize,
} from './types.ts';

const KILL_GROUP = 1;

interface LogListener {
  readonly onGrow: (position: bigint) => void;
  /** It is told of a log that is longer than this. */
  threshold: bigint;
}

/** A task over a connection to its shim. */
export class ShimTask implements Task {
  readonly id: string;
  readonly #dir: string;
  readonly #channel: Channel;
  readonly #exited = Promise.withResolvers<ExitStatus>();
  readonly #execs = new Map<string, PromiseWithResolvers<ExitStatus>>();
  readonly #logListeners = new Set<LogListener>();
  #started = Promise.withResolvers<Frame>();
  #logPosition = 0n;
  #pid = 0;
  #planRevision = PLAN_REVISION;
  #left = false;
  #plan: Uint8Array | undefined;
  attached: readonly Socket[] = [];

  constructor(id: string, dir: string, control: Socket) {
    this.id = id;
    this.#dir = dir;
    // A start that nobody waits for any more must not count as an unhandled rejection.
    this.#started.promise.catch(() => undefined);
    this.#channel = new Channel(control, {
      onEvent: (frame) => this.#onEvent(frame),
      onClose: () => void this.#onClose(),
    });
  }

  get pid(): number {
    return this.#pid;
  }

  get planRevision(): number {
    return this.#planRevision;
  }

  get exited(): Promise<ExitStatus> {
    return this.#exited.promise;
  }

  /** Asks for the start and waits until the program runs, or is ready to. */
  async start(spec: TaskSpec): Promise<void> {
    this.#plan = spec.plan;
    this.#channel.post(encodeStart(spec));
    await this.#awaitStart();
  }

  /** Asks the shim what it has, for a task that an earlier daemon started. */
  async watch(): Promise<ShimState> {
    const request = encodeFrame(frameTypes.watch);
    const state = await this.#channel.request(request, ({ payload }) => decodeState(payload));
    this.#pid = state.pid;
    this.#planRevision = state.planRevision;
    this.#logPosition = state.logPosition;
    if (state.state === 'ended') this.#exited.resolve(state.exit);
    return state;
  }

  async release(): Promise<void> {
    this.#started = Promise.withResolvers();
    this.#started.promise.catch(() => undefined);
    await this.#channel.request(encodeFrame(frameTypes.release), () => undefined);
    await this.#awaitStart();
  }

  async attach(options: AttachOptions): Promise<Attachment> {
    const socket = await this.#connect();
    const { type, payload } = await ask(socket, encodeAttach(options));
    if (type === frameTypes.error) throw refusal({ type, payload });
    return { socket, sinceNs: payload.length >= 8 ? payload.readBigUInt64LE(0) : undefined };
  }

  async resize(size: TerminalSize): Promise<void> {
    await this.#control('', frameTypes.resize, size.rows, size.columns);
  }

  async kill(signal: number): Promise<void> {
    await this.#control('', frameTypes.kill, signal);
  }

  async closeStdin(): Promise<void> {
    await this.#control('', frameTypes.closeStdin);
  }

  async exec(spec: ExecSpec): Promise<ExecTask> {
    const exited = this.#awaitExec(spec.id);
    try {
      const socket = await this.#connect();
      const pid = await startExec(socket, spec);
      return this.#execTask({ id: spec.id, pid, exited, socket: spec.detached ? discard(socket) : socket });
    } catch (error) {
      this.#execs.delete(spec.id);
      throw error;
    }
  }

  async execs(): Promise<readonly KnownExec[]> {
    try {
      return await this.#channel.request(encodeFrame(frameTypes.execs), ({ payload }) =>
        decodeExecList(payload).map((exec) => this.#knownExec(exec)),
      );
    } catch (error) {
      if (error instanceof EngineError && error.kind === 'notImplemented') return [];
      throw error;
    }
  }

  async clearLog(): Promise<void> {
    await this.#channel.request(encodeFrame(frameTypes.clearLog), () => undefined);
  }

  async listen(plan: Uint8Array): Promise<void> {
    await this.#channel.request(encodeFrame(frameTypes.ports, plan), () => undefined);
  }

  logPosition(onGrow: (position: bigint) => void, from = this.#logPosition): Disposable {
    const listener = { onGrow, threshold: from };
    this.#logListeners.add(listener);
    this.#watchLog();
    return { [Symbol.dispose]: () => void this.#logListeners.delete(listener) };
  }

  close(): void {
    this.#left = true;
    this.#channel.close();
  }

  async #awaitStart(): Promise<void> {
    const frame = await this.#started.promise;
    if (frame.type === frameTypes.error) throw refusal(frame);
    if (frame.type === frameTypes.failed) throw startError(frame, this.#plan);
    this.#pid = frame.payload.readUInt32LE(0);
  }

  async #control(
    id: string,
    type: Parameters<typeof encodeControl>[0],
    first = 0,
    second = 0,
  ): Promise<void> {
    await this.#channel.request(encodeControl(type, id, first, second), () => undefined);
  }

  #knownExec({ id, pid, status }: ListedExec): KnownExec {
    const exited = status === undefined ? this.#awaitExec(id) : Promise.resolve(status);
    return { ...this.#execTask({ id, pid, exited, socket: undefined }), status };
  }

  #execTask(exec: Pick<ExecTask, 'id' | 'pid' | 'exited' | 'socket'>): ExecTask {
    return {
      ...exec,
      resize: (size) => this.#control(exec.id, frameTypes.resize, size.rows, size.columns),
      kill: (signal, target) =>
        this.#control(exec.id, frameTypes.kill, signal, target === 'group' ? KILL_GROUP : 0),
    };
  }

  #awaitExec(id: string): Promise<ExitStatus> {
    const waiting = this.#execs.get(id) ?? Promise.withResolvers<ExitStatus>();
    this.#execs.set(id, waiting);
    return waiting.promise;
  }

  async #connect(): Promise<Socket> {
    try {
      return await connectShim(this.#dir);
    } catch (cause) {
      throw new EngineError('conflict', shimGone().message, { cause });
    }
  }

  #onEvent(frame: Frame): void {
    if (frame.type === frameTypes.exit) this.#exited.resolve(decodeExit(frame.payload));
    else if (frame.type === frameTypes.log) this.#onLog(frame.payload.readBigUInt64LE(0));
    else if (frame.type !== frameTypes.execExit) this.#started.resolve(frame);
    else this.#onExecExit(decodeExecId(frame.payload), decodeExit(frame.payload));
  }

  #onExecExit(id: string, status: ExitStatus): void {
    this.#execs.get(id)?.resolve(status);
    this.#execs.delete(id);
  }

  /** The shim tells growth once and waits to be asked again: a busy log costs no more than its reader takes. */
  #onLog(position: bigint): void {
    this.#logPosition = position;
    for (const listener of this.#logListeners) {
      if (position <= listener.threshold) continue;
      listener.threshold = position;
      listener.onGrow(position);
    }
    this.#watchLog();
  }

  #watchLog(): void {
    let lowest: bigint | undefined;
    for (const { threshold } of this.#logListeners)
      if (lowest === undefined || threshold < lowest) lowest = threshold;
    if (lowest !== undefined) this.#channel.post(encodeWatchLog(lowest));
  }

  /** A shim that ends without a word was killed, and the kernel killed the container with it. */
  async #onClose(): Promise<void> {
    this.#started.reject(new EngineError('internal', shimLost));
    if (this.#left) return;
    const killed = lostExit(nowNs());
    for (const id of [...this.#execs.keys()]) this.#onExecExit(id, killed);
    this.#exited.resolve((await readExit(this.#dir)) ?? killed);
  }
}

/** How the container of `dir` ended, as its shim wrote it down. */
export async function readExit(dir: string): Promise<ExitStatus | undefined> {
  try {
    return parseExitFile(await readFile(join(dir, 'exit'), 'utf8'));
  } catch {
    return undefined;
  }
}

async function startExec(socket: Socket, spec: ExecSpec): Promise<number> {
  const answer = await ask(socket, encodeExec(spec));
  if (answer.type === frameTypes.started) return answer.payload.readUInt32LE(0);
  socket.destroy();
  throw answer.type === frameTypes.error ? refusal(answer) : startError(answer, spec.plan);
}

function startError(frame: Frame, plan: Uint8Array | undefined): EngineError {
  return launchError(decodeFailure(frame.payload), plan);
}

/** The shim ends a detached exec's connection with the exec. */
function discard(socket: Socket): undefined {
  socket.on('error', () => undefined).on('end', () => socket.destroy());
  socket.resume();
  return undefined;
}
