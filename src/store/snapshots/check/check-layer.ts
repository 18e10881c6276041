import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fstatSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { type DiffId, errnoOf, errorKind } from '#base';
import { TarReader } from '#oci';
import { encodeIndex } from '../erofs/encode.ts';
import type { LayerFolder } from '../layers/layer-folder.ts';
import { LayerTree } from '../tree/layer-tree.ts';
import type { LayerCondition } from '../types.ts';

const pieceBytes = 256 * 1024;

/**
 * Reads a layer whole and says what is wrong with it; an index that is not that of its tar is made anew when `repair`
 * is set. Works with blocking calls and belongs in a thread of its own.
 */
export function checkLayer(folder: LayerFolder, diffId: DiffId, repair: boolean): LayerCondition {
  let tar: number;
  try {
    tar = openSync(folder.tar, 'r');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return 'missing';
    throw error;
  }
  try {
    const index = indexOf(tar, diffId);
    if (index === undefined) return 'damaged';
    if (existsSync(folder.index) && readFileSync(folder.index).equals(index)) return 'sound';
    if (!repair) return 'index damaged';
    replaceFile(folder.index, index);
    return 'index made anew';
  } finally {
    closeSync(tar);
  }
}

/** The index of a tar; undefined when it has not this digest. */
function indexOf(tar: number, diffId: DiffId): Buffer | undefined {
  const hash = createHash('sha256');
  const tree = new LayerTree();
  const reader = new TarReader(tree);
  let isTar = true;
  for (const piece of pieces(tar)) {
    hash.update(piece);
    isTar &&= takes(() => reader.push(piece));
  }
  if (`sha256:${hash.digest('hex')}` !== diffId || !isTar || !takes(() => reader.finish())) return undefined;
  return encodeIndex(tree.root, fstatSync(tar).size, (target, position) => {
    readSync(tar, target, 0, target.length, position);
  }).image;
}

/** Bytes that are no tar are told by their digest. */
function takes(read: () => void): boolean {
  try {
    read();
    return true;
  } catch (error) {
    if (errorKind(error) !== 'invalid') throw error;
    return false;
  }
}

/** Each is good until the next one is asked for. */
function* pieces(file: number): Generator<Buffer> {
  const piece = Buffer.allocUnsafe(pieceBytes);
  for (let length = 1; length > 0; ) {
    length = readSync(file, piece, 0, piece.length, null);
    yield piece.subarray(0, length);
  }
}

function replaceFile(path: string, content: Uint8Array): void {
  const temporary = `${path}.new`;
  writeFileSync(temporary, content, { flush: true, mode: 0o600 });
  renameSync(temporary, path);
}
