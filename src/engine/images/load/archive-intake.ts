import { posix } from 'node:path';
import { type DiffId, EngineError, tryParseDigest } from '#base';
import { readTarStream, type TarEntry } from '#oci';
import type { LayerIngest, LayerRecord, Layers } from '#store/snapshots';
import { ProgressMeter } from '../progress-meter.ts';
import type { OnImageProgress } from '../types.ts';
import { classifyMember, headLength } from './member-head.ts';

/** How many layers may be on their way to disk while the archive is read on. */
const maxUnfinished = 3;
/** What documents and links of one archive may keep in memory. */
const keptLimitBytes = 128 << 20;

/**
 * Takes the members of an image archive in as they come: documents into memory, layers straight into the store. The
 * layers are held until this is disposed of.
 */
export class ArchiveIntake implements AsyncDisposable {
  readonly documents = new Map<string, Uint8Array>();
  readonly #layers: Layers;
  readonly #onProgress: OnImageProgress;
  readonly #signal: AbortSignal;
  readonly #found = new Map<string, Promise<LayerRecord>>();
  readonly #links = new Map<string, string>();
  readonly #kept = new AsyncDisposableStack();
  #member: Member | undefined;
  #keptBytes = 0;

  constructor(layers: Layers, onProgress: OnImageProgress, signal: AbortSignal) {
    this.#layers = layers;
    this.#onProgress = onProgress;
    this.#signal = signal;
  }

  /** Reads a whole archive, uncompressed. @throws EngineError invalid, for what is no tar or holds no sound layer */
  async read(archive: AsyncIterable<Uint8Array>): Promise<void> {
    for await (const item of readTarStream(archive)) {
      this.#signal.throwIfAborted();
      if (item.kind === 'content') {
        await this.#member?.write(item.piece);
      } else {
        await this.#endMember();
        this.#beginMember(item.entry);
      }
    }
    await this.#endMember();
    await Promise.all(this.#found.values());
  }

  /** The layer that stands at a path of the archive; old archives name a layer that several images have by links. */
  async layerAt(path: string): Promise<LayerRecord | undefined> {
    const name = posix.normalize(path);
    return this.#found.get(this.#links.get(name) ?? name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.allSettled(this.#found.values());
    await this.#kept.disposeAsync();
  }

  #beginMember(entry: TarEntry): void {
    const name = posix.normalize(Buffer.from(entry.name, 'latin1').toString());
    if (entry.type === 'symlink' || entry.type === 'hardlink') {
      this.#keep(name.length + entry.linkName.length);
      const base = entry.type === 'symlink' ? posix.dirname(name) : '.';
      this.#links.set(name, posix.join(base, entry.linkName));
    }
    if (entry.type === 'file' && entry.sizeBytes > 0)
      this.#member = new Member(entry, (head) => this.#open(entry, name, head));
  }

  async #endMember(): Promise<void> {
    const member = this.#member;
    this.#member = undefined;
    await member?.end();
  }

  /** Decides where a member's bytes go. */
  async #open(entry: TarEntry, name: string, head: Uint8Array): Promise<MemberTarget | undefined> {
    const kind = classifyMember(entry, head);
    if (kind === 'document') return this.#openDocument(entry, name);
    return kind === 'layer' ? this.#openLayer(entry, name) : undefined;
  }

  #openDocument(entry: TarEntry, name: string): MemberTarget {
    this.#keep(entry.sizeBytes);
    const bytes = Buffer.alloc(entry.sizeBytes);
    let length = 0;
    return {
      write: async (piece) => {
        bytes.set(piece, length);
        length += piece.length;
      },
      end: async () => void this.documents.set(name, bytes),
    };
  }

  async #openLayer(entry: TarEntry, name: string): Promise<MemberTarget | undefined> {
    const known = this.#knownLayer(name);
    if (known !== undefined) {
      this.#kept.use(this.#layers.hold([known.diffId]));
      this.#found.set(name, Promise.resolve(known));
      return undefined;
    }
    const unfinished = [...this.#found.values()].slice(-maxUnfinished);
    if (unfinished.length === maxUnfinished) await unfinished[0];
    const ingest = await this.#layers.ingest({}, this.#signal);
    this.#kept.use(ingest);
    return this.#layerTarget(ingest, entry, name);
  }

  #layerTarget(ingest: LayerIngest, entry: TarEntry, name: string): MemberTarget {
    const id = layerName(name);
    const report = (current: number) =>
      this.#onProgress({ kind: 'layer', id, status: 'Loading layer', current, total: entry.sizeBytes });
    const meter = new ProgressMeter(report);
    return {
      write: async (piece) => {
        await ingest.write(piece);
        meter.add(piece.length);
      },
      end: async () => {
        report(entry.sizeBytes);
        const finished = ingest.finish();
        finished.catch(() => {});
        this.#found.set(name, finished);
      },
    };
  }

  #keep(bytes: number): void {
    this.#keptBytes += bytes;
    if (this.#keptBytes > keptLimitBytes) {
      throw new EngineError('invalid', 'invalid archive: its documents are too long');
    }
  }

  /** A layer whose path is its diffID, as newer archives have it, and that is here. */
  #knownLayer(name: string): LayerRecord | undefined {
    const digest = tryParseDigest(`sha256:${posix.basename(name)}`);
    return digest === undefined ? undefined : this.#layers.get(digest as DiffId);
  }
}

/** Takes a member's bytes. */
interface MemberTarget {
  write(piece: Uint8Array): Promise<void>;
  end(): Promise<void>;
}

/** One member whose first bytes decide where it goes. */
class Member {
  readonly #open: (head: Uint8Array) => Promise<MemberTarget | undefined>;
  readonly #headBytes: number;
  #head: Buffer = Buffer.alloc(0);
  #opened = false;
  #target: MemberTarget | undefined;

  constructor(entry: TarEntry, open: (head: Uint8Array) => Promise<MemberTarget | undefined>) {
    this.#open = open;
    this.#headBytes = headLength(entry);
  }

  async write(piece: Uint8Array): Promise<void> {
    if (this.#opened) {
      await this.#target?.write(piece);
      return;
    }
    this.#head = Buffer.concat([this.#head, piece]);
    if (this.#head.length < this.#headBytes) return;
    this.#opened = true;
    this.#target = await this.#open(this.#head);
    await this.#target?.write(this.#head);
    this.#head = Buffer.alloc(0);
  }

  async end(): Promise<void> {
    if (!this.#opened) throw new EngineError('invalid', 'unexpected EOF');
    await this.#target?.end();
  }
}

/** Twelve digits to show a layer by: of its digest, or of the folder that old archives have it in. */
function layerName(name: string): string {
  const hex = /[0-9a-f]{12,64}/.exec(name)?.[0] ?? name;
  return hex.slice(0, 12);
}
