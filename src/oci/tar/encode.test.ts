import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeTar } from './encode.ts';
import { plainEntry } from './plain-entry.ts';
import { readTarStream, type TarStreamItem } from './stream.ts';
import type { TarEntry } from './types.ts';

async function* stream(items: readonly TarStreamItem[]): AsyncGenerator<TarStreamItem> {
  yield* items;
}

/** What comes back when members are encoded and read again. */
async function roundTrip(items: readonly TarStreamItem[]): Promise<{ entries: TarEntry[]; content: string }> {
  const entries: TarEntry[] = [];
  let content = '';
  for await (const item of readTarStream(encodeTar(stream(items)))) {
    if (item.kind === 'entry') entries.push(item.entry);
    else content += Buffer.from(item.piece).toString();
  }
  return { entries, content };
}

test('encodeTar() writes what a tar reader reads back', async () => {
  const piece = Buffer.from('cargo');
  const file: TarEntry = {
    ...plainEntry('hold/cargo'),
    mode: 0o4755,
    uid: 7,
    gid: 8,
    mtimeSeconds: 1_700_000_000,
    mtimeNanos: 120,
    sizeBytes: piece.length,
  };
  const { entries, content } = await roundTrip([
    { kind: 'entry', entry: { ...plainEntry('hold'), type: 'directory', mode: 0o755 } },
    { kind: 'entry', entry: file },
    { kind: 'content', piece },
    { kind: 'entry', entry: { ...plainEntry('link'), type: 'symlink', linkName: 'hold' } },
    { kind: 'entry', entry: { ...plainEntry('null'), type: 'character', major: 1, minor: 3 } },
  ]);
  assert.deepEqual(
    entries.map(({ type, name }) => [type, name]),
    [
      ['directory', 'hold/'],
      ['file', 'hold/cargo'],
      ['symlink', 'link'],
      ['character', 'null'],
    ],
  );
  const { mode, uid, gid, mtimeSeconds, mtimeNanos, sizeBytes } = entries[1] as TarEntry;
  assert.deepEqual(
    [mode, uid, gid, mtimeSeconds, mtimeNanos, sizeBytes],
    [0o4755, 7, 8, 1_700_000_000, 120, 5],
  );
  assert.deepEqual([entries[2]?.linkName, entries[3]?.major, entries[3]?.minor], ['hold', 1, 3]);
  assert.equal(content, 'cargo');
});

test('encodeTar() keeps long names, large ids and attributes in pax records', async () => {
  const name = `${'deep/'.repeat(60)}end`;
  const value = Buffer.from([1, 0, 10, 255]);
  const { entries } = await roundTrip([
    {
      kind: 'entry',
      entry: {
        ...plainEntry(name),
        uid: 3_000_000,
        xattrs: [{ name: 'security.capability', value }],
      },
    },
  ]);
  assert.deepEqual([entries[0]?.name, entries[0]?.uid], [name, 3_000_000]);
  assert.deepEqual(Buffer.from(entries[0]?.xattrs[0]?.value ?? []), value);
});

test('encodeTar() keeps the holes of a sparse file', async () => {
  const extents = [
    { offset: 4096, length: 3, position: 0 },
    { offset: 1_000_000, length: 2, position: 3 },
  ];
  const sparse: TarEntry = {
    ...plainEntry(`hold/${'deep'.repeat(40)}`),
    mode: 0o600,
    sizeBytes: 2_000_000,
    storedBytes: 5,
    extents,
  };
  const { entries, content } = await roundTrip([
    { kind: 'entry', entry: sparse },
    { kind: 'content', piece: Buffer.from('cargo') },
    { kind: 'entry', entry: plainEntry('after') },
  ]);
  assert.equal(content, 'cargo');
  const [read, after] = entries;
  assert.deepEqual(
    [read?.name, read?.sizeBytes, read?.storedBytes, after?.name],
    [sparse.name, 2_000_000, 5, 'after'],
  );
  assert.deepEqual(
    read?.extents?.map(({ offset, length }) => ({ offset, length })),
    [
      { offset: 4096, length: 3 },
      { offset: 1_000_000, length: 2 },
    ],
  );
});

test('encodeTar() keeps times before 1970 and far ahead to the nanosecond', async () => {
  const times = [
    [-2, 750_000_000],
    [-1, 1],
    [-3, 0],
    [0, 5],
    [1_700_000_000, 0],
    [10_000_000_000, 120],
    [10_000_000_000, 0],
  ] as const;
  const { entries } = await roundTrip(
    times.map(([mtimeSeconds, mtimeNanos]) => ({
      kind: 'entry',
      entry: { ...plainEntry('x'), mtimeSeconds, mtimeNanos },
    })),
  );
  assert.deepEqual(
    entries.map(({ mtimeSeconds, mtimeNanos }) => [mtimeSeconds, mtimeNanos]),
    times.map((time) => [...time]),
  );
});
