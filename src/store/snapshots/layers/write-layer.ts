import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TarReader } from '#oci';
import { decompress } from '#store/content';
import { encodeIndex } from '../erofs/encode.ts';
import { LayerTree } from '../tree/layer-tree.ts';
import { indexName, tarName } from './layer-folder.ts';
import type { WrittenLayer } from './messages.ts';
import { TarFile } from './tar-file.ts';
import { WireMeter } from './wire-meter.ts';

/**
 * Writes a layer's tar and its index into an empty folder, in one pass over its compressed bytes, and makes both
 * durable. Works with blocking calls and belongs in a thread of its own.
 * @throws EngineError invalid, for bytes that are not a sound layer; the folder's content is then worth nothing
 */
export async function writeLayer(folder: string, source: AsyncIterable<Uint8Array>): Promise<WrittenLayer> {
  const tree = new LayerTree();
  const reader = new TarReader(tree);
  const wire = new WireMeter(source);
  using tar = new TarFile(join(folder, tarName));
  for await (const chunk of decompress(wire)) {
    tar.append(chunk);
    reader.push(chunk);
  }
  reader.finish();
  const { image, fileBytes } = encodeIndex(tree.root, tar.length, (target, position) => {
    tar.read(target, position);
  });
  writeFileSync(join(folder, indexName), image, { flush: true, mode: 0o600 });
  const diffId = tar.finish();
  return { diffId, ...wire.finish(), tarBytes: tar.length, sizeBytes: fileBytes };
}
