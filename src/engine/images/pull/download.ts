import { type DiffId, EngineError, errorKind, errorMessage, freeBytes } from '#base';
import type { Descriptor } from '#oci';
import type { RemoteRepository } from '#registry';
import type { Layers } from '#store/snapshots';
import { ProgressMeter } from '../progress-meter.ts';
import { retryingIn } from '../retrying.ts';
import type { LayerReport } from './layer-fetcher.ts';
import type { PartialBlob, PartialBlobs } from './partial-blobs.ts';

export interface Download {
  readonly layers: Layers;
  readonly partials: PartialBlobs;
  readonly repository: RemoteRepository;
  readonly descriptor: Descriptor;
  readonly diffId: DiffId;
}

type Report = (report: LayerReport) => void;

const foreignType = /\.(?:foreign|nondistributable)\./;

/**
 * Brings one layer into the store. It begins with the bytes that an earlier try has left; when the whole then turns out
 * to be wrong it may be their fault, and everything is fetched once more.
 * @throws EngineError with Docker's texts; the signal's reason
 */
export async function download(task: Download, report: Report, signal: AbortSignal): Promise<void> {
  const { descriptor, partials } = task;
  await using partial = await partials.open(descriptor.digest, descriptor.size);
  try {
    await attempt(task, partial, report, signal);
  } catch (error) {
    signal.throwIfAborted();
    if (!isWrong(error)) throw explain(error, descriptor);
    await partial.discard();
    if (partial.bytes === 0) throw explain(error, descriptor);
    await attempt(task, undefined, report, signal).catch((again: unknown) => {
      signal.throwIfAborted();
      throw explain(again, descriptor);
    });
  }
  report({ status: 'Download complete' });
}

async function attempt(
  { layers, repository, descriptor, diffId }: Download,
  partial: PartialBlob | undefined,
  report: Report,
  signal: AbortSignal,
): Promise<void> {
  const { digest, size } = descriptor;
  await using ingest = await layers.ingest({ diffId, digest, wireBytes: size }, signal);
  const meter = new ProgressMeter((current) => report({ status: 'Downloading', current, total: size }));
  if (partial !== undefined) {
    for await (const chunk of partial.read()) {
      meter.add(chunk.length);
      await ingest.write(chunk);
    }
  }
  const onWait = (waitMs: number) => report({ status: retryingIn(waitMs) });
  const reading = { from: partial?.bytes ?? 0, onWait };
  for await (const chunk of repository.fetchBlob(descriptor, signal, reading)) {
    meter.add(chunk.length);
    await Promise.all([ingest.write(chunk), partial?.append(chunk)]);
    freeBytes(chunk);
  }
  report({ status: 'Verifying Checksum' });
  await ingest.finish();
}

/** Whether the bytes are at fault, not the way that they come. */
function isWrong(error: unknown): boolean {
  return ['corrupt', 'invalid', 'notImplemented'].includes(errorKind(error));
}

function explain(error: unknown, { digest, mediaType }: Descriptor): unknown {
  const kind = errorKind(error);
  const message = errorMessage(error);
  if (kind === 'invalid') {
    return new EngineError('invalid', `failed to register layer: ${message}`, { cause: error });
  }
  if (kind === 'notFound' && foreignType.test(mediaType)) {
    const reason = `layer ${digest} is not distributable, and this registry does not have it`;
    return new EngineError('notFound', `${message}: ${reason}`, { cause: error });
  }
  return error;
}
