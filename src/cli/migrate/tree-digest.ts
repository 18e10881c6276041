import { createHash } from 'node:crypto';
import { type TarEntry, TarReader } from '#oci';
import { ContentDigest } from './content-digest.ts';

/** What an archive holds, as far as every engine keeps it: in any order, whatever the form of the archive. */
export interface TreeDigest {
  /** Hex. */
  readonly digest: string;
  /** Without the top. */
  readonly members: number;
  readonly bytes: number;
}

const modulus = 1n << 256n;

/** The digest of an archive that comes in pieces: those of all members, added up. */
export class TreeDigester {
  readonly #reader = new TarReader({
    entry: (entry) => this.#begin(entry),
    content: (piece) => this.#content(piece),
  });
  #sum = 0n;
  #members = 0;
  #bytes = 0;
  #entry: TarEntry | undefined;
  #bytesOf = new ContentDigest();
  /** How many of the entry's stored bytes have come. */
  #stored = 0;

  /** @throws EngineError invalid, for what is no archive */
  push(piece: Uint8Array): void {
    this.#reader.push(piece);
  }

  /** @throws EngineError invalid, for an archive that is cut off */
  finish(): TreeDigest {
    this.#reader.finish();
    this.#close();
    const digest = this.#sum.toString(16).padStart(64, '0');
    return { digest, members: this.#members, bytes: this.#bytes };
  }

  #begin(entry: TarEntry): void {
    this.#close();
    this.#entry = entry;
    this.#bytesOf = new ContentDigest();
    this.#stored = 0;
  }

  #content(piece: Uint8Array): void {
    const runs = this.#entry?.extents ?? [{ offset: 0, length: Number.POSITIVE_INFINITY, position: 0 }];
    let rest = piece;
    let runAt = 0;
    for (const { offset, length } of runs) {
      const within = this.#stored - runAt;
      if (within < length && rest.length > 0) {
        const part = rest.subarray(0, length - within);
        this.#bytesOf.write(part, offset + within);
        this.#stored += part.length;
        rest = rest.subarray(part.length);
      }
      runAt += length;
    }
  }

  #close(): void {
    const entry = this.#entry;
    if (entry === undefined) return;
    const isTop = plainName(entry.name) === '';
    const told = describeMember(entry, this.#bytesOf.digest());
    this.#sum = (this.#sum + BigInt(`0x${createHash('sha256').update(told).digest('hex')}`)) % modulus;
    this.#members += isTop ? 0 : 1;
    this.#bytes += entry.sizeBytes;
  }
}

/** Reads an archive to its end. @throws EngineError invalid */
export async function digestTree(archive: AsyncIterable<Uint8Array>): Promise<TreeDigest> {
  const digester = new TreeDigester();
  for await (const piece of archive) digester.push(piece);
  return digester.finish();
}

/** Of the top its time does not count: whoever looks for something to put there may change it. */
function describeMember(entry: TarEntry, content: string): string {
  const name = plainName(entry.name);
  const { type, mode, uid, gid, sizeBytes, linkName, major, minor } = entry;
  if (type === 'hardlink') return JSON.stringify([name, type, plainName(linkName)]);
  const isDevice = type === 'character' || type === 'block';
  return JSON.stringify([
    ...[name, type, mode, uid, gid, sizeBytes, linkName, content],
    ...(isDevice ? [major, minor] : []),
    ...(name === '' ? [] : [entry.mtimeSeconds]),
  ]);
}

/** Without what engines put before and after names. */
function plainName(name: string): string {
  return name
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/');
}
