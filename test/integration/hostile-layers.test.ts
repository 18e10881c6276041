/** Layers that are broken, or mean harm: a clear error and a store that is whole, or a tree as harmless as it looks. Needs root. */
import assert from 'node:assert/strict';
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { type DiffId, type Digest, EngineError } from '#base';
import { getXattr } from '#linux';
import type { ExpectedLayer } from '#store/snapshots';
import { sha256 } from '../fixtures/image.ts';
import { member, patched, pax, rawTar, record } from '../fixtures/raw-tar.ts';
import { useLayerStores } from '../testing/layer-stores.ts';

const { openStore, add } = useLayerStores();
const sound = rawTar(member({ name: 'file' }, 'sound'));

async function* chunked(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 50_000) yield bytes.subarray(at, at + 50_000);
}

const file = (name: string, body = 'x') => member({ name }, body);
const link = (name: string, linkName: string) => member({ name, type: 'symlink', linkName });
const sparse = (records: readonly string[], body: string) =>
  rawTar(pax(records.join('')), file('sparse', body));
const old = (map: string, size: string) =>
  rawTar(
    patched(
      patched(patched(file('sparse', 'x'.repeat(10)), 156, 'S'), 386, map),
      483,
      `${size.padStart(11, '0')}\0`,
    ),
  );
const octal = (value: number) => `${value.toString(8).padStart(11, '0')}\0`;
const flipped = (bytes: Buffer, at: number) => {
  const changed = Buffer.from(bytes);
  changed[at] = (changed[at] ?? 0) ^ 1;
  return changed;
};

const gzipped = gzipSync(sound);
const refused: readonly (readonly [what: string, wire: Buffer, told: RegExp])[] = [
  ['a gzip that is cut', gzipped.subarray(0, gzipped.length - 9), /unexpected EOF/],
  ['a gzip with another checksum', flipped(gzipped, gzipped.length - 6), /incorrect data check/],
  ['a gzip that goes on as something else', Buffer.concat([gzipped, Buffer.from('more')]), /header check/],
  ['a zstd that is cut', zstdCompressSync(sound).subarray(0, -3), /unexpected EOF/],
  [
    'a zstd that goes on as something else',
    Buffer.concat([zstdCompressSync(sound), Buffer.from('more')]),
    /zstd/,
  ],
  ['a header with a wrong checksum', flipped(sound, 0), /invalid tar header/],
  ['a length that is no number', rawTar(patched(file('f'), 124, 'eight')), /invalid tar header/],
  ['a length below zero', rawTar(patched(file('f'), 124, Buffer.alloc(12, 0xff))), /invalid tar header/],
  [
    'a length beyond all numbers',
    rawTar(patched(file('f'), 124, Buffer.alloc(12, 0xbf))),
    /invalid tar header/,
  ],
  ['a length beyond the archive', rawTar(patched(file('f'), 124, octal(2 ** 30))), /unexpected EOF/],
  ['..', rawTar(file('..')), /outside of the layer/],
  ['a name that climbs out', rawTar(file('a/../../etc/passwd')), /outside of the layer/],
  ['an absolute name that climbs out', rawTar(file('/../etc/passwd')), /outside of the layer/],
  [
    'a long name that climbs out',
    rawTar(file(`${'d/'.repeat(80)}${'../'.repeat(81)}x`)),
    /outside of the layer/,
  ],
  ['a way through a link upwards', rawTar(link('a', '..'), file('a/x')), /outside of the layer/],
  [
    'a way through two links',
    rawTar(link('a', 'b/..'), link('b', '/..'), file('a/x')),
    /outside|not a directory/,
  ],
  ['a whiteout above the root', rawTar(file('.wh...')), /hide/],
  [
    'a hard link to outside',
    rawTar(member({ name: 'a', type: 'hardlink', linkName: '../../etc/passwd' })),
    /outside|have/,
  ],
  ['a hard link to itself', rawTar(member({ name: 'a', type: 'hardlink', linkName: 'a' })), /does not have/],
  [
    'a hard link to a directory',
    rawTar(member({ name: 'd', type: 'directory' }), member({ name: 'a', type: 'hardlink', linkName: 'd' })),
    /does not have/,
  ],
  ['a name of 4,096 bytes', rawTar(file('n'.repeat(4096))), /file name too long/],
  ['a link of 4,096 bytes', rawTar(link('a', 'n'.repeat(4096))), /symbolic link/],
  ['a NUL in a name', rawTar(pax(record('path', 'a\0b')), file('x')), /NUL/],
  ['a record without a length', rawTar(pax('path=a\n'), file('x')), /invalid tar header/],
  ['a record that is longer than its header', rawTar(pax('99 path=a\n'), file('x')), /invalid tar header/],
  ['a record without a value', rawTar(pax('8 path\n\n'), file('x')), /invalid tar header/],
  ['a record of length nothing', rawTar(pax('0 path=a\n'), file('x')), /invalid tar header/],
  ['a length in words', rawTar(pax(record('size', 'many')), file('x')), /invalid tar header/],
  ['a time in words', rawTar(pax(record('mtime', 'noon')), file('x')), /invalid tar header/],
  [
    'an attribute that is no UTF-8 escape',
    rawTar(pax(record('LIBARCHIVE.xattr.%zz', 'eA==')), file('x')),
    /invalid tar header/,
  ],
  ['an extended header that nothing follows', pax(record('path', 'a')), /unexpected EOF/],
  ['an extended header of 9 MB', rawTar(pax(Buffer.alloc(9 << 20, 'x')), file('x')), /invalid tar header/],
  [
    'a sparse map that goes back',
    sparse([record('GNU.sparse.size', '100'), record('GNU.sparse.map', '50,5,0,5')], 'x'.repeat(10)),
    /invalid tar header/,
  ],
  [
    'a sparse map beyond its file',
    sparse([record('GNU.sparse.size', '5'), record('GNU.sparse.map', '0,10')], 'x'.repeat(10)),
    /invalid tar header/,
  ],
  [
    'a sparse map of other bytes than are there',
    sparse([record('GNU.sparse.size', '100'), record('GNU.sparse.map', '0,99')], 'x'.repeat(10)),
    /invalid tar header/,
  ],
  [
    'a sparse map in words',
    sparse([record('GNU.sparse.size', '100'), record('GNU.sparse.map', 'a,b')], 'x'),
    /invalid tar header/,
  ],
  [
    'a sparse map without end',
    sparse([record('GNU.sparse.major', '1'), record('GNU.sparse.realsize', '9')], '99999999\n'),
    /invalid tar header|EOF/,
  ],
  ['an old sparse map beyond its file', old(`${octal(0)}${octal(10)}`, '5'), /invalid tar header/],
  [
    'a sparse file of a million pieces',
    sparse([record('GNU.sparse.size', `${2 ** 52}`), record('GNU.sparse.map', `1,1,${2 ** 51 + 1},1`)], 'xx'),
    /too many pieces/,
  ],
  ['a member of no kind', rawTar(patched(file('f'), 156, 'V')), /unhandled/],
];

for (const [what, wire, told] of refused) {
  test(`${what} is refused, nothing is left, and a sound layer comes in afterwards`, async () => {
    await using store = await openStore('erofs');
    await assert.rejects(add(store.layers, chunked(wire)), (error) => {
      assert.ok(error instanceof EngineError, String(error));
      assert.match(error.message, told);
      return true;
    });
    assert.deepEqual(readdirSync(join(store.dataRoot, 'layers')), []);
    assert.equal(await add(store.layers, chunked(sound)), sha256(sound));
  });
}

test('bytes of another digest or length than announced are refused', async () => {
  await using store = await openStore('erofs');
  const digest = sha256(gzipped) as Digest;
  const refuses = (wire: Buffer, expected: ExpectedLayer, told: RegExp) =>
    assert.rejects(add(store.layers, chunked(wire), expected), (error) => {
      return error instanceof EngineError && error.kind === 'corrupt' && told.test(error.message);
    });
  await refuses(gzipSync(rawTar(file('other'))), { digest }, /verification failed/);
  await refuses(Buffer.from('no layer at all'), { digest }, /verification failed/);
  await refuses(gzipped.subarray(0, -1), { digest }, /verification failed/);
  await refuses(gzipped, { wireBytes: gzipped.length - 1 }, /longer than/);
  await refuses(gzipped, { wireBytes: gzipped.length + 1 }, /were announced/);
  await refuses(gzipped, { diffId: digest as DiffId }, /has diffID/);
  assert.deepEqual(readdirSync(join(store.dataRoot, 'layers')), []);
  await add(store.layers, chunked(gzipped), { digest, wireBytes: gzipped.length });
});

/** Looks at a layer as a container would see it, over one with a file `below`. */
async function withLayer(
  driver: 'erofs' | 'unpack',
  wire: Buffer,
  look: (root: string) => void,
): Promise<void> {
  await using store = await openStore(driver);
  const below = await add(store.layers, chunked(rawTar(file('d/below', 'below'))));
  await store.snapshots.prepare('look', [below, await add(store.layers, chunked(wire))]);
  await using root = await store.snapshots.open('look');
  look(root.path);
}

const text = (root: string, path: string) => readFileSync(join(root, path), 'latin1');

for (const driver of ['erofs', 'unpack'] as const) {
  test(`${driver}: whiteouts of what is not there, and of the layer's own files, hide nothing else`, () =>
    withLayer(driver, rawTar(file('.wh.none'), file('d/.wh.none'), file('own'), file('.wh.own')), (root) => {
      assert.deepEqual(readdirSync(root).sort(), ['d', 'own']);
      assert.deepEqual(readdirSync(join(root, 'd')), ['below']);
    }));

  test(`${driver}: of several entries of one name the last one counts`, () =>
    withLayer(
      driver,
      rawTar(file('a', 'first'), link('a', 'second'), file('a', 'third'), file('d', 'no folder any more')),
      (root) => {
        assert.deepEqual(readdirSync(root).sort(), ['a', 'd']);
        assert.deepEqual([text(root, 'a'), text(root, 'd')], ['third', 'no folder any more']);
      },
    ));

  test(`${driver}: unknown records are passed over, and those of all members hold until they change`, () =>
    withLayer(
      driver,
      rawTar(
        pax(record('comment', 'x=y=z') + record('WHARF.odd', '\n\0') + record('uid', '77'), 'g'),
        file('one'),
        pax(record('uid', '78') + record('SCHILY.xattr.user.a', 'b=c') + record('hdrcharset', 'BINARY')),
        file('two'),
      ),
      (root) => {
        assert.deepEqual([lstatSync(join(root, 'one')).uid, lstatSync(join(root, 'two')).uid], [77, 78]);
        assert.equal(Buffer.from(getXattr(join(root, 'two'), 'user.a') ?? []).toString(), 'b=c');
      },
    ));

  test(`${driver}: what stands behind the end, or a missing end, is no matter`, async () => {
    await withLayer(driver, Buffer.concat([sound, Buffer.from('more and more')]), (root) =>
      assert.equal(text(root, 'file'), 'sound'),
    );
    await withLayer(driver, sound.subarray(0, 1024), (root) => assert.equal(text(root, 'file'), 'sound'));
  });
}

test('erofs: a directory of 100,000 files', () => {
  const members = Array.from({ length: 100_000 }, (_, index) => member({ name: `many/${index}` }));
  return withLayer('erofs', gzipSync(rawTar(...members), { level: 1 }), (root) => {
    assert.equal(readdirSync(join(root, 'many')).length, 100_000);
    assert.equal(lstatSync(join(root, 'many/99999')).size, 0);
  });
});

test('erofs: folders in folders, as deep as a path can be', () => {
  const path = 'd/'.repeat(2000);
  return withLayer('erofs', rawTar(file(`${path}end`, 'deep')), (root) => {
    assert.equal(text(root, `${path}end`), 'deep');
  });
});
