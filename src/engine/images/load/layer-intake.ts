import { type DiffId, type Digest, tryParseDigest } from '#base';
import type { BlobIngest, ContentStore } from '#store/content';
import type { LayerRecord, Layers } from '#store/snapshots';
import { ProgressMeter } from '../progress-meter.ts';
import type { OnImageProgress } from '../types.ts';
import type { MemberTarget } from './member.ts';

/** How many layers, and how much of them, may be on their way to disk while the archive is read on. */
const maxUnfinished = 3;
const maxUnfinishedBytes = 16 << 20;

/** A layer of an archive. */
export interface FoundLayer {
  readonly record: LayerRecord;
  /** Its bytes as they came, when they are compressed and a manifest may name them; to be kept or let go. */
  readonly blob?: BlobIngest;
}

export interface LayerIntakeOptions {
  readonly layers: Layers;
  readonly content: ContentStore;
  readonly onProgress: OnImageProgress;
  readonly signal: AbortSignal;
}

/** Takes layers of an archive straight into the store; they are held until this is disposed of. */
export class LayerIntake implements AsyncDisposable {
  readonly #options: LayerIntakeOptions;
  readonly #found = new Map<string, Promise<FoundLayer>>();
  /** Oldest first. */
  readonly #unfinished: { readonly sizeBytes: number; readonly finished: Promise<unknown> }[] = [];
  readonly #kept = new AsyncDisposableStack();

  constructor(options: LayerIntakeOptions) {
    this.#options = options;
  }

  /** Where a layer's bytes go; undefined when the layer is here already. */
  async open(path: string, sizeBytes: number, isCompressed: boolean): Promise<MemberTarget | undefined> {
    const { layers } = this.#options;
    const digest = blobDigest(path);
    const known = knownLayer(layers, digest ?? tarDigest(path));
    if (known !== undefined) {
      this.#kept.use(layers.hold([known.diffId]));
      this.#found.set(path, Promise.resolve({ record: known }));
      return undefined;
    }
    await this.#makeRoom(sizeBytes);
    return this.#receive(path, sizeBytes, digest, isCompressed);
  }

  /** The layer at a path, once it is here. */
  at(path: string): Promise<FoundLayer> | undefined {
    return this.#found.get(path);
  }

  /** Resolves when all layers are here. @throws what the first of them failed with */
  async settle(): Promise<void> {
    await Promise.all(this.#found.values());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.allSettled(this.#found.values());
    await this.#kept.disposeAsync();
  }

  async #makeRoom(sizeBytes: number): Promise<void> {
    const waits = () => {
      const bytes = this.#unfinished.reduce((sum, layer) => sum + layer.sizeBytes, sizeBytes);
      return this.#unfinished.length >= maxUnfinished || bytes > maxUnfinishedBytes;
    };
    while (this.#unfinished.length > 0 && waits()) await this.#unfinished.shift()?.finished;
  }

  async #receive(
    path: string,
    sizeBytes: number,
    digest: Digest | undefined,
    isCompressed: boolean,
  ): Promise<MemberTarget> {
    const { layers, content, signal } = this.#options;
    const ingest = this.#kept.use(await layers.ingest(digest === undefined ? {} : { digest }, signal));
    const blob = isCompressed && digest !== undefined ? this.#kept.use(await content.ingest()) : undefined;
    const report = this.#reporter(path, sizeBytes);
    const meter = new ProgressMeter(report);
    let room: Uint8Array = new Uint8Array(0);
    return {
      room: async () => {
        room = await ingest.room();
        return room;
      },
      filled: async (length) => {
        await blob?.write(room.subarray(0, length));
        ingest.filled(length);
        meter.add(length);
      },
      end: async () => {
        report(sizeBytes);
        const finished = ingest.finish().then((record) => ({ record, ...(blob !== undefined && { blob }) }));
        finished.catch(() => {});
        this.#found.set(path, finished);
        this.#unfinished.push({ sizeBytes, finished });
      },
    };
  }

  #reporter(path: string, total: number): (current: number) => void {
    const id = layerName(path);
    return (current) =>
      this.#options.onProgress({ kind: 'layer', id, status: 'Loading layer', current, total });
  }
}

/** The digest that a blob of an OCI layout is named by. */
function blobDigest(path: string): Digest | undefined {
  return tryParseDigest(path.replace(/^blobs\/sha256\//, 'sha256:'));
}

/** The digest that some tools name a layer's tar by; others may have other names of 64 digits. */
function tarDigest(path: string): Digest | undefined {
  return tryParseDigest(`sha256:${path.replace(/\.tar$/, '')}`);
}

function knownLayer(layers: Layers, digest: Digest | undefined): LayerRecord | undefined {
  return digest === undefined ? undefined : layers.get(digest as DiffId);
}

/** Twelve digits to show a layer by: of its digest, or of the folder that old archives have it in. */
function layerName(path: string): string {
  const hex = /[0-9a-f]{12,64}/.exec(path)?.[0] ?? path;
  return hex.slice(0, 12);
}
