import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeTar, plainEntry, type TarEntry, type TarMembers } from '#oci';
import { digestTree } from './tree-digest.ts';

type Member = readonly [entry: Partial<TarEntry> & { readonly name: string }, content?: Buffer];

async function digestOf(...members: readonly Member[]): Promise<string> {
  async function* items(): TarMembers {
    for (const [entry, content = Buffer.alloc(0)] of members) {
      const sizes = { sizeBytes: content.length, storedBytes: content.length };
      yield { kind: 'entry', entry: { ...plainEntry(''), mode: 0o644, ...sizes, ...entry } };
      if (content.length > 0) yield { kind: 'content', piece: content };
    }
  }
  return (await digestTree(encodeTar(items()))).digest;
}

const sizeBytes = 300_000;
const [head, tail] = [Buffer.from('head'), Buffer.from('tail')];
const whole = Buffer.alloc(sizeBytes);
whole.set(head);
whole.set(tail, 200_000);
const extents = [
  { offset: 0, length: 4, position: 0 },
  { offset: 200_000, length: 4, position: 4 },
];
const sparse: Member = [{ name: 'a', sizeBytes, extents, storedBytes: 8 }, Buffer.concat([head, tail])];

test('digestTree() is the same for holes that are told and holes that are sent', async () => {
  assert.equal(await digestOf(sparse), await digestOf([{ name: 'a' }, whole]));
  const moved = Buffer.from(whole);
  moved.copyWithin(100_000, 200_000, 200_004).fill(0, 200_000, 200_004);
  assert.notEqual(await digestOf(sparse), await digestOf([{ name: 'a' }, moved]));
});

test('digestTree() does not care for order and forms of names, but for all that a member is', async () => {
  const b: Member = [{ name: 'b', uid: 7, mtimeSeconds: 9 }, head];
  const top: Member = [{ name: './', type: 'directory', mtimeSeconds: 5 }];
  const usual = await digestOf(top, sparse, b);
  const otherTime: Member = [{ name: '.', type: 'directory', mtimeSeconds: 6 }];
  assert.equal(await digestOf([{ ...b[0], name: './b' }, head], otherTime, sparse), usual);
  const others: Partial<TarEntry>[] = [{ uid: 8 }, { mode: 0o600 }, { mtimeSeconds: 8 }, { name: 'c' }];
  for (const other of others)
    assert.notEqual(await digestOf(top, sparse, [{ ...b[0], ...other }, head]), usual);
  assert.notEqual(await digestOf(top, sparse, [b[0], tail]), usual);
  assert.notEqual(await digestOf(sparse, b), usual);
});

test('digestTree() refuses an archive that is cut off', async () => {
  async function* cut(): AsyncGenerator<Uint8Array> {
    yield Buffer.alloc(100, 1);
  }
  await assert.rejects(digestTree(cut()), /unexpected EOF/);
});
