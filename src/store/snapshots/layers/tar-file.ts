import { createHash } from 'node:crypto';
import { closeSync, fdatasyncSync, ftruncateSync, openSync, readSync, statfsSync, writeSync } from 'node:fs';
import { type DiffId, EngineError } from '#base';

const pieceBytes = 64 * 1024;
const zeros = Buffer.alloc(pieceBytes);
const checkSpaceEveryBytes = 64 << 20;
/** What a layer leaves free on the disk, so that a daemon can always still write its own records. */
const reservedBytes = 256 << 20;

/**
 * The uncompressed tar of a layer on its way to disk, hashed as it is written. Long runs of zeros become holes, so
 * that a tiny archive of zeros does not fill the disk.
 */
export class TarFile implements Disposable {
  readonly #path: string;
  readonly #fd: number;
  readonly #hash = createHash('sha256');
  #length = 0;
  #uncheckedBytes = checkSpaceEveryBytes;

  constructor(path: string) {
    this.#path = path;
    this.#fd = openSync(path, 'wx+', 0o600);
  }

  get length(): number {
    return this.#length;
  }

  /** @throws EngineError internal, when the disk is all but full */
  append(bytes: Uint8Array): void {
    this.#hash.update(bytes);
    for (let at = 0; at < bytes.length; at += pieceBytes) {
      const piece = bytes.subarray(at, at + pieceBytes);
      if (!isZero(piece)) this.#write(piece, this.#length + at);
    }
    this.#length += bytes.length;
  }

  read(target: Uint8Array, position: number): void {
    readSync(this.#fd, target, 0, target.length, position);
  }

  /** Makes what was appended durable and answers its digest. */
  finish(): DiffId {
    ftruncateSync(this.#fd, this.#length);
    fdatasyncSync(this.#fd);
    return `sha256:${this.#hash.digest('hex')}` as DiffId;
  }

  [Symbol.dispose](): void {
    closeSync(this.#fd);
  }

  #write(piece: Uint8Array, position: number): void {
    this.#uncheckedBytes += piece.length;
    if (this.#uncheckedBytes >= checkSpaceEveryBytes) this.#checkSpace();
    for (let done = 0; done < piece.length; ) {
      done += writeSync(this.#fd, piece, done, piece.length - done, position + done);
    }
  }

  #checkSpace(): void {
    this.#uncheckedBytes = 0;
    const { bavail, bsize } = statfsSync(this.#path);
    if (bavail * bsize < reservedBytes) throw new EngineError('internal', 'no space left on device');
  }
}

function isZero(piece: Uint8Array): boolean {
  return piece[0] === 0 && zeros.compare(piece, 0, piece.length, 0, piece.length) === 0;
}
