import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { digestOf, EngineError } from '#base';
import { openContent } from './blob-folder.ts';
import { decompress, detectCompression } from './decompress.ts';

const scratch = mkdtempSync(join(tmpdir(), 'wharf-test-content-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

function kind(expected: string): (error: unknown) => boolean {
  return (error) => error instanceof EngineError && error.kind === expected;
}

test('ContentStore keeps bytes by digest until they are deleted', async () => {
  const content = openContent(join(scratch, 'keeps'));
  const digest = await content.write(Buffer.from('{}'));
  assert.equal(digest, digestOf('{}'));
  assert.equal(Buffer.from(content.read(digest)).toString(), '{}');
  assert.deepEqual(content.list(), [digest]);
  await content.delete(digest);
  await content.delete(digest);
  assert.equal(content.has(digest), false);
  assert.throws(() => content.read(digest), kind('notFound'));
});

test('ContentStore refuses bytes of another digest', async () => {
  const folder = join(scratch, 'refuses');
  const content = openContent(folder);
  await assert.rejects(content.write(Buffer.from('a'), digestOf('b')), kind('corrupt'));
  assert.deepEqual(readdirSync(folder), []);
});

test('ContentStore takes over a whole file', async () => {
  const content = openContent(join(scratch, 'adopts'));
  const file = join(scratch, 'whole-file');
  writeFileSync(file, 'blob');
  const digest = digestOf('blob');
  await content.adopt(file, digest);
  assert.equal(readFileSync(content.pathOf(digest), 'utf8'), 'blob');
  assert.equal(existsSync(file), false);
});

test('ContentStore takes in a blob in pieces and gives it back from anywhere', async () => {
  const folder = join(scratch, 'blobs');
  const content = openContent(folder);
  const whole = Buffer.alloc(3 << 20, 'blob of some length ');
  const digest = digestOf(whole);
  {
    await using blob = await content.ingest();
    for await (const piece of pieces(whole, 1_000_000)) await blob.write(piece);
    assert.equal(content.sizeOf(digest), undefined);
    await blob.keep(digest);
  }
  assert.equal(content.sizeOf(digest), whole.length);
  for (const start of [0, 1_234_567, whole.length]) {
    const read = await Array.fromAsync(content.stream(digest, { start }));
    assert.ok(Buffer.concat(read).equals(whole.subarray(start)));
  }
  await assert.rejects(Array.fromAsync(content.stream(digestOf('other'))), kind('notFound'));
});

test('ContentStore keeps nothing of a blob that is given up', async () => {
  const folder = join(scratch, 'given-up');
  {
    await using blob = await openContent(folder).ingest();
    await blob.write(Buffer.from('half'));
  }
  assert.deepEqual(readdirSync(folder), []);
});

test('openContent() removes what was left half written', async () => {
  const folder = join(scratch, 'crash');
  const digest = await openContent(folder).write(Buffer.from('whole'));
  writeFileSync(join(folder, 'ingest-dead'), 'half');
  assert.deepEqual(openContent(folder).list(), [digest]);
  assert.equal(readdirSync(folder).length, 1);
});

async function* pieces(bytes: Uint8Array, pieceBytes: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
}

async function inflate(bytes: Uint8Array, pieceBytes = 1000): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of decompress(pieces(bytes, pieceBytes))) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

const text = 'a line of text\n'.repeat(5000);

test('decompress() tells the forms apart by their first bytes, however they come', async () => {
  for (const bytes of [Buffer.from(text), gzipSync(text), zstdCompressSync(text)]) {
    assert.equal(await inflate(bytes), text);
    assert.equal(await inflate(bytes.subarray(0), 1_000_000), text);
  }
  assert.equal(await inflate(gzipSync('short'), 1), 'short');
  assert.equal(await inflate(Buffer.from('abc')), 'abc');
  assert.equal(await inflate(Buffer.alloc(0)), '');
});

test('decompress() tells zstd that is cut or goes on as something else, and reads many frames', async () => {
  const frame = zstdCompressSync(text);
  const skippable = Buffer.from('502a4d18040000006a756e6b', 'hex');
  await assert.rejects(inflate(frame.subarray(0, -1)), kind('invalid'));
  await assert.rejects(inflate(Buffer.concat([frame, Buffer.from('junk')])), kind('invalid'));
  assert.equal(await inflate(Buffer.concat([frame, skippable])), text);
  for (const stream of [
    [skippable, frame],
    [frame, frame],
    [frame, skippable, frame],
    [skippable, skippable, frame, frame, skippable],
  ]) {
    const whole = text.repeat(stream.filter((part) => part === frame).length);
    for (const pieceBytes of [1, 1000, undefined]) {
      assert.equal(await inflate(Buffer.concat(stream), pieceBytes), whole);
    }
    await assert.rejects(inflate(Buffer.concat(stream).subarray(0, -1)), kind('invalid'));
  }
});

test('decompress() looks at no piece any more when it asks for the next one', async () => {
  async function* fleeting(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
    for (const byte of bytes) {
      const piece = Uint8Array.of(byte);
      yield piece;
      piece.fill(0xee);
    }
  }
  for (const bytes of [Buffer.from('junk'), Buffer.from('plain text'), gzipSync('plain text')]) {
    const read: Uint8Array[] = [];
    for await (const piece of decompress(fleeting(bytes))) read.push(Buffer.from(piece));
    assert.equal(Buffer.concat(read).toString(), bytes.length === 4 ? 'junk' : 'plain text');
  }
});

test('decompress() reads several gzip members as one', async () => {
  assert.equal(await inflate(Buffer.concat([gzipSync('one '), gzipSync('two')])), 'one two');
});

test('decompress() tells broken and cut streams', async () => {
  const whole = gzipSync(text);
  await assert.rejects(inflate(whole.subarray(0, 100)), /^EngineError: unexpected EOF$/);
  const broken = Buffer.from(whole);
  broken.fill(0xff, 20, 60);
  await assert.rejects(inflate(broken), kind('invalid'));
});

test('decompress() passes the source’s own failure on', async () => {
  async function* failing() {
    yield gzipSync(text).subarray(0, 100);
    throw new EngineError('unavailable', 'cut');
  }
  await assert.rejects(async () => {
    for await (const _ of decompress(failing()));
  }, kind('unavailable'));
});

test('decompress() that is left early ends its source', async () => {
  let ended = false;
  async function* source() {
    try {
      for (;;) yield Buffer.alloc(1000, 'x');
    } finally {
      ended = true;
    }
  }
  for await (const _ of decompress(source())) break;
  assert.equal(ended, true);
});

for (const program of ['xz', 'bzip2'] as const) {
  test(`decompress() reads ${program} in a thread of its own, several streams as one, and tells what is broken`, async () => {
    const packed = execFileSync(program, ['-c'], { input: text });
    assert.equal(await inflate(packed), text);
    assert.equal(await inflate(Buffer.concat([packed, packed])), text + text);
    const random = Buffer.from(Array.from({ length: 3_000_000 }, (_, index) => (index * index * 31) >> 7));
    const long = execFileSync(program, ['-c'], { input: random, maxBuffer: 1 << 24 });
    const read = await Array.fromAsync(decompress(pieces(long, 50_000)));
    assert.ok(Buffer.concat(read).equals(random));
    await assert.rejects(inflate(long.subarray(0, -20), 50_000), kind('invalid'));
    await assert.rejects(inflate(Buffer.from(long).fill(0x55, 900, 990), 50_000), kind('invalid'));
    await assert.rejects(inflate(Buffer.concat([packed, Buffer.from('garbage garbage')])), kind('invalid'));
    for await (const _ of decompress(pieces(long, 100))) break;
  });
}

test('detectCompression() knows bzip2 and xz too', () => {
  assert.equal(detectCompression(Buffer.from('BZh91AY')), 'bzip2');
  assert.equal(detectCompression(Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0])), 'xz');
  assert.equal(detectCompression(Buffer.from('plain')), 'none');
});
