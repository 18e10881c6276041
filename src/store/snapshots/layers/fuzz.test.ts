import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { EngineError } from '#base';
import { TarReader } from '#oci';
import { encodeIndex } from '../erofs/encode.ts';
import { LayerTree } from '../tree/layer-tree.ts';

const rounds = 500;
const blockBytes = 512;
const checksumAt = 148;

function seededRandom(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

/** An archive of every kind of header: plain, long names, links, sparse, attributes. */
function startingPoint(format: string): Buffer {
  const script = `d=$(mktemp -d); cd $d; mkdir -p a/b; echo x > a/f; ln a/f a/h; ln -s ../f a/b/s; mkfifo p
    truncate -s 100000 sparse; printf data | dd of=sparse bs=1 seek=5000 conv=notrunc 2>/dev/null
    n=$(printf 'long%.0s' $(seq 1 40)); echo y > $n; ln $n h2; tar -cf - --sparse --format=${format} .; rm -r $d`;
  return execFileSync('bash', ['-e', '-c', script]);
}

/** What becomes of an archive: its index's length, or the refusal. */
function outcomeOf(archive: Buffer, pieceBytes: number): number | string {
  try {
    const tree = new LayerTree();
    const reader = new TarReader(tree);
    for (let at = 0; at < archive.length; at += pieceBytes)
      reader.push(archive.subarray(at, at + pieceBytes));
    reader.finish();
    return encodeIndex(tree.root, archive.length, (target, position) => {
      archive.copy(target, 0, position, position + target.length);
    }).image.length;
  } catch (error) {
    if (error instanceof EngineError && error.kind === 'invalid') return error.message;
    throw error;
  }
}

/** Changes some bytes, mostly of headers, whose checksums it mostly makes right again. */
function mutate(archive: Buffer, random: (limit: number) => number): Buffer {
  const changed = Buffer.from(archive);
  for (let count = 1 + random(4); count > 0; count--) {
    const block = random(archive.length / blockBytes) * blockBytes;
    const at = block + random(blockBytes);
    changed[at] =
      random(3) === 0 ? (changed[at] ?? 0) ^ (1 << random(8)) : (changed[block + random(blockBytes)] ?? 0);
    if (random(4) > 0) sumUp(changed.subarray(block, block + blockBytes));
  }
  return random(10) === 0 ? changed.subarray(0, random(changed.length)) : changed;
}

function sumUp(header: Buffer): void {
  header.fill(' ', checksumAt, checksumAt + 8);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, checksumAt);
}

for (const format of ['pax', 'gnu', 'oldgnu']) {
  test(`a ${format} archive with any bytes changed is refused or becomes an index, whatever the pieces`, () => {
    const archive = startingPoint(format);
    const random = seededRandom(format.length * 7919);
    let indexes = 0;
    for (let round = 0; round < rounds; round++) {
      const changed = mutate(archive, random);
      const whole = outcomeOf(changed, changed.length || 1);
      assert.equal(outcomeOf(changed, 1 + random(2000)), whole, `round ${round}`);
      if (typeof whole === 'number') indexes += 1;
    }
    assert.ok(indexes > rounds / 20 && indexes < rounds, `${indexes}`);
  });
}
