import { blockBytes, paddedLength } from './fields.ts';
import type { TarEntry, TarExtent } from './types.ts';

/** A sparse file as the archive stores it: what its pax records say, and the map that stands before its data. */
export interface SparseForm {
  readonly records: readonly (readonly [key: string, value: string])[];
  readonly name: string;
  readonly map: Uint8Array;
}

/** Version 1.0 of GNU's sparse form in pax, which GNU tar, bsdtar and Go read. */
export function encodeSparse(entry: TarEntry, extents: readonly TarExtent[]): SparseForm {
  return {
    records: [
      ['GNU.sparse.major', '1'],
      ['GNU.sparse.minor', '0'],
      ['GNU.sparse.name', entry.name],
      ['GNU.sparse.realsize', String(entry.sizeBytes)],
    ],
    // What a program that does not know the form calls the file.
    name: `GNUSparseFile.0/${entry.name.slice(entry.name.lastIndexOf('/') + 1)}`,
    map: encodeMap(entry.sizeBytes, extents),
  };
}

/** Decimal lines in whole blocks; an empty run at the end tells of a hole there. */
function encodeMap(sizeBytes: number, extents: readonly TarExtent[]): Uint8Array {
  const runs = [...extents.map(({ offset, length }) => `${offset}\n${length}\n`), `${sizeBytes}\n0\n`];
  const text = `${runs.length}\n${runs.join('')}`;
  const map = Buffer.alloc(Math.max(paddedLength(text.length), blockBytes));
  map.write(text, 'latin1');
  return map;
}
