import { fstatSync, read } from 'node:fs';
import type { Socket } from 'node:net';
import { promisify } from 'node:util';
import type { ByteStream } from '#base';
import { mountTypeOf, type OpenDescriptor, peerCredentials, takeDescriptor } from '#linux';
import { descriptorOf } from './socket-descriptor.ts';

/**
 * The field by which a client on this machine names a plain file that it has open, and that a body would be the bytes
 * of: `fd=7; dev=2049; ino=4711; size=1024`. It asks for leave to send the body (`Expect: 100-continue`), and need not
 * send it when the file could be had.
 */
export const namedFileField = 'wharf-body-file';

const pattern = /^fd=(\d{1,9}); dev=(\d{1,20}); ino=(\d{1,20}); size=(\d{1,16})$/;
const pieceBytes = 256 << 10;
/** File systems that another machine or program answers for: it may never do so, and then the client is to wait. */
const servedTypes = /^(?:nfs4?|cifs|smb3|9p|ceph|afs|fuse(?:blk|\..+)?)$/;

const readFrom = promisify(read);

/**
 * The body that a client names, out of its own process. Undefined when it names none, or when the one that it names
 * can't be had or is another one: who speaks for a client (a proxy) has other files open than that.
 */
export function takeNamedFile(socket: Socket, name: string | undefined): NamedFile | undefined {
  const [, fd, dev, ino, size] = pattern.exec(name ?? '') ?? [];
  const connection = socket.remoteAddress === undefined ? descriptorOf(socket) : undefined;
  if (fd === undefined || connection === undefined) return undefined;
  using undo = new DisposableStack();
  try {
    const { pid } = peerCredentials(connection);
    const file = undo.use(takeDescriptor(pid, Number(fd)));
    if (!isLocal(file, pid) || !isSame(file, `${dev} ${ino} ${size}`)) return undefined;
    undo.move();
    return new NamedFile(file, Number(size));
  } catch {
    // The kernel does not let everyone do this, and the client is ready to send.
    return undefined;
  }
}

function isLocal(file: OpenDescriptor, pid: number): boolean {
  const type = mountTypeOf(file, pid);
  return type !== undefined && !servedTypes.test(type);
}

function isSame({ fd }: OpenDescriptor, identity: string): boolean {
  const status = fstatSync(fd, { bigint: true });
  return status.isFile() && `${status.dev} ${status.ino} ${status.size}` === identity;
}

/** A file of a client as a body. */
export class NamedFile implements ByteStream, AsyncDisposable {
  readonly #file: OpenDescriptor;
  readonly #sizeBytes: number;
  #position = 0;
  #reading: Promise<unknown> | undefined;

  constructor(file: OpenDescriptor, sizeBytes: number) {
    this.#file = file;
    this.#sizeBytes = sizeBytes;
  }

  /** @throws Error, when the file has become shorter */
  async readInto(room: Uint8Array): Promise<number> {
    const length = Math.min(room.length, this.#sizeBytes - this.#position);
    if (length === 0) return 0;
    const reading = readFrom(this.#file.fd, room, 0, length, this.#position);
    this.#reading = reading.catch(() => {});
    const { bytesRead } = await reading;
    if (bytesRead === 0) throw new Error('the file ends early');
    this.#position += bytesRead;
    return bytesRead;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void> {
    for (;;) {
      const piece = Buffer.allocUnsafeSlow(pieceBytes);
      const length = await this.readInto(piece);
      if (length === 0) return;
      yield piece.subarray(0, length);
    }
  }

  /** Not while it is read: its number would be another file's. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#reading;
    this.#file[Symbol.dispose]();
  }
}
