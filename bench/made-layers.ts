import { createHash } from 'node:crypto';
import { makeTar, type TarEntry } from '../test/fixtures/tar.ts';

/** Layers of 20,000 small files each, some hundred to a folder, as package trees have them. */
export function manyFiles(): Buffer[] {
  return [0, 1, 2].map((layer) => makeTar([...smallFiles(layer)]));
}

/** A layer of four files of 128 MB and one of four more. */
export function fewFiles(): Buffer[] {
  return [0, 1].map((layer) =>
    makeTar(
      [0, 1, 2, 3].map((index) => ({
        path: `data/${layer}/${index}`,
        content: halfRandom(128 << 20, layer * 4 + index),
      })),
    ),
  );
}

const filesOfLayer = 20_000;
const filesOfFolder = 25;

function* smallFiles(layer: number): Generator<TarEntry> {
  for (let index = 0; index < filesOfLayer; index++) {
    const folder = `modules/${layer}/package-${Math.floor(index / filesOfFolder)}`;
    if (index % filesOfFolder === 0) yield { path: `${folder}/`, type: 'directory' };
    const content = halfRandom(200 + ((index * 7919) % 5000), layer * filesOfLayer + index);
    yield { path: `${folder}/source-${index}.js`, content };
  }
}

const pieceBytes = 4096;

/** Bytes that compress to about half their length, the same for the same seed. */
function halfRandom(length: number, seed: number): Buffer {
  const bytes = Buffer.alloc(length, 'the same words again and again, ');
  const random = createHash('shake256', { outputLength: Math.ceil(length / 2) + pieceBytes })
    .update(String(seed))
    .digest();
  for (let at = 0; at < length; at += pieceBytes) {
    random.copy(bytes, at, at / 2, Math.min(at / 2 + pieceBytes / 2, random.length));
  }
  return bytes;
}
