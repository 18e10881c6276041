import { join } from 'node:path';
import { type DiffId, digestHex } from '#base';

export const tarName = 'layer.tar';
export const indexName = 'layer.erofs';
/** A folder with this prefix is a layer on its way in. */
export const temporaryPrefix = 'tmp-';
/** A folder with this prefix was a layer. */
export const leavingPrefix = 'leaving-';

/** Where a layer's files are below the folder of all layers. */
export interface LayerFolder {
  readonly path: string;
  readonly tar: string;
  readonly index: string;
}

export function layerFolder(root: string, diffId: DiffId): LayerFolder {
  const path = join(root, digestHex(diffId));
  return { path, tar: join(path, tarName), index: join(path, indexName) };
}
