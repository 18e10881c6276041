import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
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

test('detectCompression() knows bzip2 and xz too', () => {
  assert.equal(detectCompression(Buffer.from('BZh91AY')), 'bzip2');
  assert.equal(detectCompression(Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0])), 'xz');
  assert.equal(detectCompression(Buffer.from('plain')), 'none');
});
