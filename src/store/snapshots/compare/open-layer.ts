import { type FileHandle, open, readFile } from 'node:fs/promises';
import { IndexReader } from '../erofs/index-reader.ts';
import type { LayerFolder } from '../layers/layer-folder.ts';

/** A layer whose files can be looked at without mounting it. */
export interface OpenLayer extends AsyncDisposable {
  readonly index: IndexReader;
  readonly tar: FileHandle;
}

export async function openLayer({ index, tar }: LayerFolder): Promise<OpenLayer> {
  const reader = new IndexReader(await readFile(index));
  const file = await open(tar);
  return { index: reader, tar: file, [Symbol.asyncDispose]: () => file.close() };
}
