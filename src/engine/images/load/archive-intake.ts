import { posix } from 'node:path';
import { type ByteSource, digestOf, EngineError, tryParseDigest } from '#base';
import { fromByteString, type TarEntry, TarReader } from '#oci';
import { type FoundLayer, LayerIntake, type LayerIntakeOptions } from './layer-intake.ts';
import { Member, type MemberTarget } from './member.ts';
import { classifyMember } from './member-head.ts';

/** What documents and links of one archive may keep in memory. */
const keptLimitBytes = 128 << 20;
/** What is read at once of headers, and of what nobody wants. */
const headerPieceBytes = 64 << 10;

/**
 * Takes the members of an image archive in as they come: documents into memory, layers straight into the store. The
 * layers are held until this is disposed of.
 */
export class ArchiveIntake implements AsyncDisposable {
  readonly documents = new Map<string, Uint8Array>();
  readonly #signal: AbortSignal;
  readonly #layers: LayerIntake;
  readonly #links = new Map<string, string>();
  #member: Member | undefined;
  #keptBytes = 0;

  constructor(options: LayerIntakeOptions) {
    this.#signal = options.signal;
    this.#layers = new LayerIntake(options);
  }

  /** Reads a whole archive, uncompressed. @throws EngineError invalid, for what is no tar or holds no sound layer */
  async read(archive: ByteSource): Promise<void> {
    const begun: TarEntry[] = [];
    const reader = new TarReader({ entry: (entry) => begun.push(entry) });
    for (let more = true; more; ) {
      this.#signal.throwIfAborted();
      const member = reader.contentBytes > 0 ? this.#member : undefined;
      more = await (member === undefined
        ? readHeader(archive, reader)
        : readContent(archive, reader, member));
      for (const entry of begun.splice(0)) {
        await this.#endMember();
        this.#beginMember(entry);
      }
    }
    reader.finish();
    await this.#endMember();
    await this.#layers.settle();
  }

  hasLayer(path: string): boolean {
    return this.#layers.at(this.#real(path)) !== undefined;
  }

  /** The layer that stands at a path of the archive. */
  async layerAt(path: string): Promise<FoundLayer | undefined> {
    return this.#layers.at(this.#real(path));
  }

  /** Old archives name a layer that several images have by links. */
  #real(path: string): string {
    const name = posix.normalize(path);
    return this.#links.get(name) ?? name;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#layers[Symbol.asyncDispose]();
  }

  #beginMember(entry: TarEntry): void {
    const name = posix.normalize(fromByteString(entry.name));
    if (entry.type === 'symlink' || entry.type === 'hardlink') {
      this.#keep(name.length + entry.linkName.length);
      const base = entry.type === 'symlink' ? posix.dirname(name) : '.';
      this.#links.set(name, posix.join(base, entry.linkName));
    }
    const { type, storedBytes } = entry;
    if (type === 'file' && storedBytes > 0)
      this.#member = new Member(storedBytes, (head) => this.#open(storedBytes, name, head));
  }

  async #endMember(): Promise<void> {
    const member = this.#member;
    this.#member = undefined;
    await member?.end();
  }

  /** Decides where a member's bytes go. */
  async #open(sizeBytes: number, name: string, head: Uint8Array): Promise<MemberTarget | undefined> {
    const kind = classifyMember(sizeBytes, head);
    if (kind === 'other') return undefined;
    if (kind === 'document') return this.#openDocument(sizeBytes, name);
    return this.#layers.open(name, sizeBytes, kind === 'compressed layer');
  }

  #openDocument(sizeBytes: number, name: string): MemberTarget {
    this.#keep(sizeBytes);
    const bytes = Buffer.alloc(sizeBytes);
    let length = 0;
    return {
      room: async () => bytes.subarray(length),
      filled: async (more) => {
        length += more;
      },
      end: async () => {
        checkDigest(name, bytes);
        this.documents.set(name, bytes);
      },
    };
  }

  #keep(bytes: number): void {
    this.#keptBytes += bytes;
    if (this.#keptBytes > keptLimitBytes) {
      throw new EngineError('invalid', 'invalid archive: its documents are too long');
    }
  }
}

/** Takes what leads to the next member, or what nobody wants; false at the archive's end. */
async function readHeader(archive: ByteSource, reader: TarReader): Promise<boolean> {
  const piece = new Uint8Array(Math.min(reader.wantedBytes, headerPieceBytes));
  const length = await archive.readInto(piece);
  reader.push(piece.subarray(0, length));
  return length > 0;
}

/** Takes some of a member's bytes straight to where they belong; false at the archive's end. */
async function readContent(archive: ByteSource, reader: TarReader, member: Member): Promise<boolean> {
  const room = await member.room();
  const length = await archive.readInto(room.subarray(0, reader.contentBytes));
  reader.pass(length);
  await member.filled(length);
  return length > 0;
}

/** In an OCI layout a document is named by its digest. @throws EngineError corrupt */
function checkDigest(name: string, bytes: Uint8Array): void {
  const expected = tryParseDigest(name.replace(/^blobs\/sha256\//, 'sha256:'));
  if (expected === undefined || digestOf(bytes) === expected) return;
  throw new EngineError('corrupt', `content has digest ${digestOf(bytes)}, expected ${expected}`);
}
