import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type DirectoryNode,
  type FileNode,
  impliedDirectory,
  type LayerNode,
  whiteout,
} from '../tree/node.ts';
import { planChunks } from './chunks.ts';
import { crc32c } from './crc32c.ts';
import { planDirectory } from './directory.ts';
import { encodeIndex } from './encode.ts';
import { layOut } from './layout.ts';
import { encodeXattrs, overlayXattrs, xattrCount } from './xattrs.ts';

const attributes = { mode: 0o644, uid: 0, gid: 0, mtimeSeconds: 0, mtimeNanos: 0, xattrs: [] };

function file(given: Partial<FileNode> = {}): FileNode {
  return { ...attributes, kind: 'file', sizeBytes: 0, position: 0, extents: undefined, ...given };
}

function directory(children: Readonly<Record<string, LayerNode>>): DirectoryNode {
  const made = impliedDirectory();
  for (const [name, child] of Object.entries(children)) made.children.set(name, child);
  return made;
}

test('crc32c() begins with ones and is not inverted', () => {
  // The standard's check value for these digits is the inversion of this.
  assert.equal(crc32c(Buffer.from('123456789')), ~0xe3069283 >>> 0);
});

test('encodeIndex() writes a superblock that describes the image', () => {
  const { image, fileBytes } = encodeIndex(directory({ f: file({ sizeBytes: 3 }) }), 1024, () => {});
  assert.equal(image.length % 512, 0);
  assert.equal(image.readUInt32LE(1024), 0xe0f5e1e2);
  assert.equal(image.readUInt32LE(1024 + 36), image.length / 512);
  assert.equal(image.readBigUInt64LE(1024 + 16), 2n);
  const sum = image.readUInt32LE(1028);
  image.writeUInt32LE(0, 1028);
  assert.equal(sum, crc32c(image.subarray(1024, 1536)));
  assert.equal(fileBytes, 3);
});

test('layOut() puts the root first, and no inline content across a block', () => {
  const children: Record<string, LayerNode> = {};
  for (let i = 0; i < 400; i++) {
    children[`link-${i}`] = { ...attributes, kind: 'symlink', target: 't'.repeat(1 + i) };
    children[`dir-${i}`] = directory({ ['n'.repeat(1 + (i % 255))]: file() });
  }
  const { placements } = layOut(directory(children));
  assert.equal(placements[0]?.node.kind, 'directory');
  for (const { at, layout, xattrs, sizeBytes } of placements) {
    assert.equal(at % 32, 0);
    if (layout !== 2) continue;
    const tail = sizeBytes % 512 || Math.min(sizeBytes, 512);
    assert.ok(((at + 64 + xattrs.length) % 512) + tail <= 512);
  }
});

test('layOut() counts links of files and of directories', () => {
  const shared = file();
  const { placementOf, parentOf } = layOut(directory({ a: shared, b: shared, d: directory({ c: shared }) }));
  assert.equal(placementOf.get(shared)?.links, 3);
  const [root] = parentOf.values();
  assert.equal(root && placementOf.get(root)?.links, 3);
});

test('planDirectory() sorts by bytes with the dots among the names', () => {
  const names = { b: file(), '-': file(), '.a': file(), '\xff': file(), A: file() };
  const { blocks } = planDirectory(directory(names));
  assert.deepEqual(blocks, [['-', '.', '..', '.a', 'A', 'b', '\xff']]);
});

test('planDirectory() never lets a block overflow', () => {
  const names = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`${i}`.padStart(50, 'x'), file()]));
  const { blocks, tailBytes } = planDirectory(directory(names));
  const used = blocks.map((block) => block.reduce((sum, name) => sum + 12 + name.length, 0));
  assert.ok(used.every((bytes) => bytes <= 512));
  assert.equal(used.at(-1), tailBytes);
});

test('planChunks() covers a whole file with one chunk', () => {
  const plan = planChunks(file({ sizeBytes: 100_000, position: 1536 }));
  assert.deepEqual(plan, { bits: 8, count: 1, runs: [{ index: 0, count: 1, block: 3 }], copies: [] });
});

test('planChunks() leaves holes between the runs of a sparse file', () => {
  const extents = [
    { offset: 0, length: 4096, position: 512 },
    { offset: 8192, length: 100, position: 4608 },
  ];
  const { bits, count, runs } = planChunks(file({ sizeBytes: 8292, extents }));
  assert.deepEqual([bits, count], [3, 3]);
  assert.deepEqual(runs, [
    { index: 0, count: 1, block: 1 },
    { index: 2, count: 1, block: 9 },
  ]);
});

test('encodeIndex() copies runs that do not stand on block borders', () => {
  const extents = [
    { offset: 10, length: 4, position: 1000 },
    { offset: 510, length: 4, position: 1004 },
  ];
  const tar = Buffer.from('abcdEFGH');
  const root = directory({ f: file({ sizeBytes: 1024, extents }) });
  const { image } = encodeIndex(root, 2048, (target, position) => {
    tar.copy(target, 0, position - 1000, position - 1000 + target.length);
  });
  const copies = image.subarray(image.length - 1024);
  assert.equal(copies.toString('latin1', 10, 14), 'abcd');
  assert.equal(copies.toString('latin1', 510, 514), 'EFGH');
});

test('planChunks() refuses a map that would make an index without end', () => {
  const extents = [{ offset: 512, length: 512, position: 0 }];
  assert.throws(() => planChunks(file({ sizeBytes: 2 ** 45, extents })), /too many pieces/);
});

test('encodeXattrs() splits known prefixes off and leaves others out', () => {
  const area = encodeXattrs([
    { name: 'user.a', value: Buffer.from('1') },
    { name: 'strange.b', value: Buffer.from('2') },
  ]);
  assert.equal(area.length, 12 + 8);
  assert.deepEqual([...area.subarray(12)], [1, 1, 1, 0, 0x61, 0x31, 0, 0]);
  assert.equal(xattrCount(area), 3);
  assert.equal(xattrCount(encodeXattrs([])), 0);
});

test('overlayXattrs() marks opaque directories and those with whiteouts', () => {
  const names = (node: LayerNode) => overlayXattrs(node).map(({ name }) => name);
  assert.deepEqual(names(directory({ gone: whiteout() })), ['trusted.overlay.origin']);
  assert.deepEqual(names({ ...directory({}), opaque: true }), ['trusted.overlay.opaque']);
  assert.deepEqual(names({ ...directory({ gone: whiteout() }), opaque: true }), [
    'trusted.overlay.opaque',
    'trusted.overlay.origin',
  ]);
  assert.deepEqual(names(directory({})), []);
});
