import { stat } from 'node:fs/promises';
import { errorMessage } from '#base';
import type { Task } from '#task';
import type { ContainerContext } from '../context.ts';
import { pathsOf } from '../directories.ts';
import type { ContainerId, ContainerRecord } from '../types.ts';
import { type LogStorage, resolveStorage } from './log-config.ts';
import { packRotated } from './pack-rotated.ts';

/** A log that is rotated again within this time is not worth packing: it may have gone by then. */
const quietMs = 2000;

type Disarm = () => void;

/** The log that is being packed. */
interface Packing {
  readonly id: ContainerId;
  readonly stop: AbortController;
  readonly done: Promise<void>;
}

/** A log that a shim writes. */
interface WrittenLog {
  readonly task: Task;
  readonly maxSize: number;
}

/** Packs the rotated files of logs in the background, one at a time. */
export class LogPacking implements Disposable {
  readonly #watches = new Map<ContainerId, Disarm>();
  readonly #timers = new Map<ContainerId, NodeJS.Timeout>();
  #last: Promise<void> = Promise.resolve();
  #current: Packing | undefined;

  /** Looks after the log of a container that lives; of one that does not, for once. */
  begin(context: ContainerContext, record: ContainerRecord): void {
    const storage = storageOf(record);
    if (!storage?.compress) return;
    this.#schedule(context, record);
    const live = context.live.get(record.id);
    if (live !== undefined) this.#watch(context, record, { task: live.task, maxSize: storage.maxSize });
  }

  end(id: ContainerId): void {
    this.#watches.get(id)?.();
    this.#watches.delete(id);
  }

  /** Waits until a container's files may be removed: nothing is packed among them any more. */
  async leave(id: ContainerId): Promise<void> {
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
    if (this.#current?.id !== id) return;
    this.#current.stop.abort();
    await this.#current.done;
  }

  [Symbol.dispose](): void {
    for (const id of this.#watches.keys()) this.end(id);
    for (const timer of this.#timers.values()) clearTimeout(timer);
  }

  /** Is called back when the log may have been rotated; a line that is written costs nothing until then. */
  #watch(
    context: ContainerContext,
    record: ContainerRecord,
    written: WrittenLog,
    from = BigInt(written.maxSize),
  ): void {
    const { task, maxSize } = written;
    if (context.live.get(record.id)?.task !== task) return;
    this.end(record.id);
    const subscription = task.logPosition((position) => {
      this.end(record.id);
      this.#schedule(context, record);
      void leftIn(pathsOf(context.settings, record).log, maxSize).then((left) =>
        this.#watch(context, record, written, position + left),
      );
    }, from);
    this.#watches.set(record.id, () => subscription[Symbol.dispose]());
  }

  #schedule(context: ContainerContext, record: ContainerRecord): void {
    clearTimeout(this.#timers.get(record.id));
    const timer = setTimeout(() => {
      this.#timers.delete(record.id);
      this.#last = this.#last.then(() => this.#pack(context, record.id));
    }, quietMs);
    this.#timers.set(record.id, timer.unref());
  }

  async #pack(context: ContainerContext, id: ContainerId): Promise<void> {
    const record = context.records.get(id);
    if (record === undefined || record.state.status === 'removing') return;
    const stop = new AbortController();
    const done = pack(context, record, AbortSignal.any([context.closing, stop.signal]));
    this.#current = { id, stop, done };
    await done;
    this.#current = undefined;
  }
}

/** A record of an earlier daemon may hold options that were not looked at then. */
function storageOf({ hostConfig }: ContainerRecord): LogStorage | undefined {
  try {
    return resolveStorage(hostConfig.LogConfig);
  } catch {
    return undefined;
  }
}

/** How much can be written before the file is full. */
async function leftIn(path: string, maxSize: number): Promise<bigint> {
  const size = await stat(path).then(
    (found) => found.size,
    () => 0,
  );
  return BigInt(Math.max(0, maxSize - size));
}

async function pack(context: ContainerContext, record: ContainerRecord, signal: AbortSignal): Promise<void> {
  const { log, logFiles, settings } = context;
  try {
    await packRotated(logFiles, pathsOf(settings, record).log, signal);
  } catch (error) {
    if (signal.aborted) return;
    log.warn('a log was not packed', { id: record.id, error: errorMessage(error) });
  }
}
