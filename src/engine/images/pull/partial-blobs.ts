import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Digest, digestHex } from '#base';

/** What would be fetched again in a moment is not kept. */
const smallestBytes = 1 << 20;
/** So much shows how fast a blob comes; one that would come again within `cheapMs` is not worth writing it twice. */
const trialBytes = 32 << 20;
const cheapMs = 10_000;
const longestMs = 7 * 24 * 60 * 60_000;
const largestSumBytes = 10 * 2 ** 30;
const pieceBytes = 256 << 10;

/** The bytes of one blob that have come so far. Disposing keeps them for the next time. */
export interface PartialBlob extends AsyncDisposable {
  /** How many were there when it was opened. */
  readonly bytes: number;
  read(): AsyncIterable<Uint8Array>;
  /** Adds what has come; a disk that takes no more ends the keeping, not the download, as does a fast registry. */
  append(chunk: Uint8Array): Promise<void>;
  /** Forgets the bytes. */
  discard(): Promise<void>;
}

const nothing: PartialBlob = {
  bytes: 0,
  async *read() {},
  async append() {},
  async discard() {},
  async [Symbol.asyncDispose]() {},
};

/**
 * Compressed bytes of blobs whose download was broken off, in a folder, by digest: the next download goes on where they
 * end, also after the daemon was killed. A whole one stays until `forget`: the image that it is of may yet fail for
 * another layer. They are not trusted: who uses them verifies the whole.
 */
export class PartialBlobs {
  readonly #folder: string;
  readonly #open = new Set<Digest>();

  /** Makes the folder when it is missing, and removes what is old or too much. */
  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.#sweep();
  }

  /**
   * The bytes of a blob of this size; a small blob, and one that somebody else has open, has none. What is old or too
   * much goes now too: a daemon may run for years.
   */
  async open(digest: Digest, sizeBytes: number): Promise<PartialBlob> {
    if (sizeBytes < smallestBytes || this.#open.has(digest)) return nothing;
    this.#open.add(digest);
    try {
      this.#sweep();
      const path = join(this.#folder, digestHex(digest));
      const file = await open(path, 'a+', 0o600);
      const { size } = await file.stat();
      if (size > sizeBytes) await file.truncate(0);
      const bytes = size > sizeBytes ? 0 : size;
      return new PartialFile({ path, file, bytes, sizeBytes }, () => this.#open.delete(digest));
    } catch {
      // Without a place to keep them bytes are only fetched.
      this.#open.delete(digest);
      return nothing;
    }
  }

  /** Forgets blobs that are needed no more; not those that somebody has open. */
  async forget(digests: readonly Digest[]): Promise<void> {
    const closed = digests.filter((digest) => !this.#open.has(digest));
    await Promise.all(closed.map((digest) => rm(join(this.#folder, digestHex(digest)), { force: true })));
  }

  #sweep(): void {
    const found = readdirSync(this.#folder).flatMap((name) => {
      const path = join(this.#folder, name);
      const status = statSync(path, { throwIfNoEntry: false });
      return status === undefined ? [] : [{ path, size: status.size, mtimeMs: status.mtimeMs }];
    });
    let sum = 0;
    for (const { path, size, mtimeMs } of found.sort((a, b) => b.mtimeMs - a.mtimeMs)) {
      sum += size;
      if (sum > largestSumBytes || Date.now() - mtimeMs > longestMs) rmSync(path, { force: true });
    }
  }
}

interface OpenFile {
  readonly path: string;
  readonly file: FileHandle;
  readonly bytes: number;
  readonly sizeBytes: number;
}

class PartialFile implements PartialBlob {
  readonly bytes: number;
  readonly #path: string;
  readonly #file: FileHandle;
  readonly #sizeBytes: number;
  readonly #onClose: () => void;
  readonly #openedMs = performance.now();
  #appendedBytes = 0;
  #isKept = true;

  constructor({ path, file, bytes, sizeBytes }: OpenFile, onClose: () => void) {
    this.#path = path;
    this.#file = file;
    this.bytes = bytes;
    this.#sizeBytes = sizeBytes;
    this.#onClose = onClose;
  }

  async *read(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < this.bytes; ) {
      const piece = Buffer.allocUnsafeSlow(Math.min(pieceBytes, this.bytes - at));
      const { bytesRead } = await this.#file.read(piece, 0, piece.length, at);
      if (bytesRead === 0) return;
      yield piece.subarray(0, bytesRead);
      at += bytesRead;
    }
  }

  async append(chunk: Uint8Array): Promise<void> {
    if (!this.#isKept) return;
    this.#appendedBytes += chunk.length;
    if (this.#isCheap()) return this.discard();
    try {
      await this.#file.appendFile(chunk);
    } catch {
      await this.discard();
    }
  }

  async discard(): Promise<void> {
    this.#isKept = false;
    await rm(this.#path, { force: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file.close();
    this.#onClose();
  }

  #isCheap(): boolean {
    if (this.#appendedBytes < trialBytes) return false;
    const bytesPerMs = this.#appendedBytes / (performance.now() - this.#openedMs);
    return this.#sizeBytes / bytesPerMs < cheapMs;
  }
}
