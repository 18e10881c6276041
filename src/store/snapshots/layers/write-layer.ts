import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorKind, errorMessage } from '#base';
import { TarReader } from '#oci';
import { decompress } from '#store/content';
import { encodeIndex } from '../erofs/encode.ts';
import { LayerTree } from '../tree/layer-tree.ts';
import { indexName, tarName } from './layer-folder.ts';
import type { LayerOutcome, WrittenLayer } from './messages.ts';
import { TarFile } from './tar-file.ts';
import { WireMeter } from './wire-meter.ts';

/**
 * Writes a layer's tar and its index into an empty folder, in one pass over its compressed bytes, and makes both
 * durable. Bytes that are not a sound layer are read to their end too: their digest tells whose fault it is.
 * Works with blocking calls and belongs in a thread of its own.
 * @throws what the source throws, and failures of the disk; the folder's content is then worth nothing
 */
export async function writeLayer(folder: string, source: AsyncIterable<Uint8Array>): Promise<LayerOutcome> {
  const wire = new WireMeter(source);
  try {
    const layer = await writePlain(folder, decompress(wire));
    return { kind: 'written', ...layer, ...(await wire.finish()) };
  } catch (error) {
    if (errorKind(error) !== 'invalid') throw error;
    return { kind: 'broken', reason: errorMessage(error), ...(await wire.finish()) };
  }
}

async function writePlain(folder: string, source: AsyncIterable<Uint8Array>): Promise<WrittenLayer> {
  const tree = new LayerTree();
  const reader = new TarReader(tree);
  using tar = new TarFile(join(folder, tarName));
  for await (const chunk of source) {
    tar.append(chunk);
    reader.push(chunk);
  }
  reader.finish();
  const { image, fileBytes } = encodeIndex(tree.root, tar.length, (target, position) => {
    tar.read(target, position);
  });
  writeFileSync(join(folder, indexName), image, { flush: true, mode: 0o600 });
  return { diffId: tar.finish(), tarBytes: tar.length, sizeBytes: fileBytes };
}
