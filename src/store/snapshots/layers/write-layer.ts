import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { collectGarbage, type DiffId, errorKind, errorMessage } from '#base';
import { TarReader } from '#oci';
import { detectStream, plainForm } from '#store/content';
import { type EncodedIndex, encodeIndex } from '../erofs/encode.ts';
import { LayerTree } from '../tree/layer-tree.ts';
import { bounded } from './bounded.ts';
import { indexName, tarName } from './layer-folder.ts';
import type { LayerOutcome, WrittenLayer } from './messages.ts';
import { Meter } from './meter.ts';
import { TarFile } from './tar-file.ts';

/** So much of a layer's description leaves garbage of many times its size: that of some thousand files. */
const heavyWeight = 1 << 20;

/**
 * Writes a layer's tar and its index into an empty folder, in one pass over its bytes, compressed or not, and makes
 * both durable. Bytes that are not a sound layer are read to their end too: their digest tells whose fault it is.
 * Keeps its thread busy and belongs in one of its own. The source can be iterated anew from where an iteration ended.
 * @throws what the source throws, and failures of the disk; the folder's content is then worth nothing
 */
export async function writeLayer(folder: string, source: AsyncIterable<Uint8Array>): Promise<LayerOutcome> {
  const { compression, bytes } = await detectStream(source);
  const wire = new Meter();
  const isPlain = compression === 'none';
  const plain = isPlain ? bytes : bounded(plainForm(metered(bytes, wire), compression), wire);
  try {
    const layer = await writePlain(folder, plain, isPlain ? wire : new Meter());
    const wireDigest = isPlain ? layer.diffId : wire.digest();
    return { kind: 'written', ...layer, wireDigest, wireBytes: wire.bytes };
  } catch (error) {
    if (errorKind(error) !== 'invalid') throw error;
    for await (const piece of source) wire.add(piece);
    return { kind: 'broken', reason: errorMessage(error), wireDigest: wire.digest(), wireBytes: wire.bytes };
  }
}

async function* metered(source: AsyncIterable<Uint8Array>, meter: Meter): AsyncGenerator<Uint8Array> {
  for await (const piece of source) {
    meter.add(piece);
    yield piece;
  }
}

async function writePlain(
  folder: string,
  source: AsyncIterable<Uint8Array>,
  meter: Meter,
): Promise<WrittenLayer> {
  await using tar = new TarFile(join(folder, tarName));
  const { image, fileBytes, weight } = await takeIn(source, tar, meter);
  // Before the disk is waited for: meanwhile another layer may need the memory.
  if (weight > heavyWeight) collectGarbage();
  await Promise.all([writeDurably(join(folder, indexName), image), tar.finish()]);
  return { diffId: meter.digest() as DiffId, tarBytes: tar.length, sizeBytes: fileBytes };
}

/** Hashes and writes what comes, and makes its index. The layer's description is garbage when it has returned. */
async function takeIn(
  source: AsyncIterable<Uint8Array>,
  tar: TarFile,
  meter: Meter,
): Promise<EncodedIndex & { readonly weight: number }> {
  const tree = new LayerTree();
  const reader = new TarReader(tree);
  let collectedWeight = 0;
  for await (const piece of source) {
    const written = tar.append(piece);
    try {
      meter.add(piece);
      reader.push(piece);
    } finally {
      await written;
    }
    if (tree.weight < collectedWeight + heavyWeight) continue;
    collectGarbage();
    collectedWeight = tree.weight;
  }
  reader.finish();
  const index = encodeIndex(tree.root, tar.length, (target, position) => tar.read(target, position));
  return { ...index, weight: tree.weight };
}

async function writeDurably(path: string, content: Uint8Array): Promise<void> {
  await using file = await open(path, 'wx', 0o600);
  await file.writeFile(content);
  await file.sync();
}
