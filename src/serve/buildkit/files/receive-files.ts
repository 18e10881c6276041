import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { EngineError } from '#base';
import type { MessageOf } from '#grpc';
import { packet, packetType } from '../messages/session.ts';
import type { ClientSession } from '../sessions.ts';
import { type FileStat, Mirror } from './mirror.ts';

/** What of a client's directory is asked for. */
export interface FilesWanted {
  /** How the client calls the directory: `context`, `dockerfile` or a name of its own. */
  readonly name: string;
  /** Patterns; none: everything. */
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  /** Hears of all bytes that have come so far. */
  readonly onBytes: (count: number) => void;
}

/**
 * Makes a directory like one of the client's: only files that differ are sent (fsutil's protocol).
 * @param target a directory of this process alone
 * @returns whether anything in it has changed
 * @throws EngineError, when the client refuses or breaks the protocol
 */
export async function receiveFiles(
  { client }: ClientSession,
  wanted: FilesWanted,
  target: string,
  signal: AbortSignal,
): Promise<boolean> {
  const metadata = {
    'dir-name': [wanted.name],
    ...(wanted.include.length > 0 && { 'include-patterns': [...wanted.include] }),
    ...(wanted.exclude.length > 0 && { 'exclude-patterns': [...wanted.exclude] }),
  };
  const stream = client.open('/moby.filesync.v1.FileSync/DiffCopy', metadata, signal);
  const mirror = new Mirror(target);
  await using receiver = new Receiver(mirror, (message) => stream.send(packet.encode(message)));
  let count = 0;
  for await (const bytes of stream.messages) {
    count += bytes.length;
    wanted.onBytes(count);
    await receiver.take(packet.decode(bytes));
  }
  if (!receiver.isDone) throw new EngineError('internal', 'the client stopped in the middle of its files');
  return mirror.hasChanged;
}

type Packet = MessageOf<typeof packet>;

interface Awaited {
  readonly stat: FileStat;
  handle: FileHandle | undefined;
}

/** Never made anew, nor looked for through a symbolic link. */
const appendOnly = constants.O_WRONLY | constants.O_APPEND | constants.O_NOFOLLOW;

class Receiver implements AsyncDisposable {
  readonly #mirror: Mirror;
  readonly #send: (message: Partial<Packet>) => Promise<void>;
  /** Files that are on their way, by the number of their description. */
  readonly #awaited = new Map<number, Awaited>();
  #descriptions = 0;
  #isListed = false;
  isDone = false;

  constructor(mirror: Mirror, send: (message: Partial<Packet>) => Promise<void>) {
    this.#mirror = mirror;
    this.#send = send;
  }

  async take({ type, stat, ID, data }: Packet): Promise<void> {
    if (type === packetType.error) {
      throw new EngineError('internal', `error from sender: ${Buffer.from(data).toString()}`);
    }
    if (type === packetType.stat) await this.#describe(stat);
    if (type === packetType.data) await this.#write(ID, data);
    const isComplete = this.#isListed && this.#awaited.size === 0;
    if (isComplete && !this.isDone) {
      this.isDone = true;
      this.#mirror.finish();
      await this.#send({ type: packetType.finish });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { handle } of this.#awaited.values()) await handle?.close();
  }

  /** A description of nothing ends the list. */
  async #describe(stat: FileStat | undefined): Promise<void> {
    if (stat === undefined) {
      this.#isListed = true;
      return;
    }
    const number = this.#descriptions++;
    if (!this.#mirror.describe(stat)) return;
    this.#awaited.set(number, { stat, handle: undefined });
    await this.#send({ type: packetType.request, ID: number });
  }

  /** No data ends a file. */
  async #write(number: number, data: Uint8Array): Promise<void> {
    const file = this.#awaited.get(number);
    if (file === undefined) throw new EngineError('invalid', 'the client sends a file that nobody asked for');
    file.handle ??= await open(this.#mirror.placeOf(file.stat), appendOnly);
    if (data.length > 0) {
      await file.handle.appendFile(data);
      return;
    }
    await file.handle.close();
    this.#awaited.delete(number);
    this.#mirror.complete(file.stat);
  }
}
