import { closeSync, fdatasync, ftruncateSync, openSync, readSync, statfsSync, write } from 'node:fs';
import { promisify } from 'node:util';
import { EngineError } from '#base';

const pieceBytes = 64 * 1024;
const zeros = Buffer.alloc(pieceBytes);
const checkSpaceEveryBytes = 64 << 20;
/** So much goes to the disk while more comes, which leaves little to wait for at the end. */
const syncEveryBytes = 16 << 20;
/** What a layer leaves free on the disk, so that containers and the daemon can go on writing; of a small disk less. */
const reservedBytes = 256 << 20;
const reservedShare = 1 / 32;

const writeAt = promisify(write);
const sync = promisify(fdatasync);

/**
 * The uncompressed tar of a layer on its way to disk. Long runs of zeros become holes, so that a tiny archive of zeros
 * does not fill the disk.
 */
export class TarFile implements AsyncDisposable {
  readonly #path: string;
  readonly #fd: number;
  #length = 0;
  #uncheckedBytes = checkSpaceEveryBytes;
  #unsyncedBytes = 0;
  #syncing: Promise<void> | undefined;

  constructor(path: string) {
    this.#path = path;
    this.#fd = openSync(path, 'wx+', 0o600);
  }

  get length(): number {
    return this.#length;
  }

  /**
   * Appends bytes, which must not change until it resolves; the writing is another thread's.
   * @throws EngineError internal, when the disk is all but full
   */
  async append(bytes: Uint8Array): Promise<void> {
    const start = this.#length;
    this.#length += bytes.length;
    for (const run of runsOfData(bytes)) {
      await this.#write(bytes.subarray(run.from, run.to), start + run.from);
    }
  }

  read(target: Uint8Array, position: number): void {
    readSync(this.#fd, target, 0, target.length, position);
  }

  /** Makes what was appended durable. */
  async finish(): Promise<void> {
    await this.#syncing;
    ftruncateSync(this.#fd, this.#length);
    this.#syncing = sync(this.#fd);
    await this.#syncing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#syncing?.catch(() => {});
    closeSync(this.#fd);
  }

  async #write(bytes: Uint8Array, position: number): Promise<void> {
    this.#uncheckedBytes += bytes.length;
    if (this.#uncheckedBytes >= checkSpaceEveryBytes) this.#checkSpace();
    for (let done = 0; done < bytes.length; ) {
      const { bytesWritten } = await writeAt(this.#fd, bytes, done, bytes.length - done, position + done);
      done += bytesWritten;
    }
    this.#unsyncedBytes += bytes.length;
    if (this.#unsyncedBytes >= syncEveryBytes && this.#syncing === undefined) this.#startSync();
  }

  #startSync(): void {
    this.#unsyncedBytes = 0;
    const syncing = sync(this.#fd);
    this.#syncing = syncing;
    const forget = () => {
      this.#syncing = undefined;
    };
    // One that fails stays, for `finish` to tell: the kernel tells a failure once.
    syncing.then(forget, () => {});
  }

  #checkSpace(): void {
    this.#uncheckedBytes = 0;
    const { bavail, blocks, bsize } = statfsSync(this.#path);
    if (bavail * bsize < Math.min(reservedBytes, blocks * bsize * reservedShare)) {
      throw new EngineError('internal', 'no space left on device');
    }
  }
}

/** What is left of the bytes without the pieces that are all zeros. */
function* runsOfData(bytes: Uint8Array): Generator<{ readonly from: number; readonly to: number }> {
  let from = 0;
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    const end = Math.min(at + pieceBytes, bytes.length);
    if (!isZero(bytes.subarray(at, end))) continue;
    if (at > from) yield { from, to: at };
    from = end;
  }
  if (bytes.length > from) yield { from, to: bytes.length };
}

function isZero(piece: Uint8Array): boolean {
  return piece[0] === 0 && zeros.compare(piece, 0, piece.length, 0, piece.length) === 0;
}
