import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, test } from 'node:test';
import { digestOf } from '#base';
import { openMetadata } from '#store/metadata';
import { openRecords, type Records } from '../records/records.ts';
import { Refusal } from '../refusal.ts';
import type { Upload } from './upload.ts';
import { Uploads } from './uploads.ts';

const scratch = mkdtempSync(join(tmpdir(), 'wt-uploads-'));
after(() => rmSync(scratch, { recursive: true, force: true }));
let folder = '';
let records: Records;

beforeEach(() => {
  folder = mkdtempSync(join(scratch, 'uploads-'));
  records = openRecords(openMetadata(':memory:'));
});

async function* bytes(...pieces: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) yield Buffer.from(piece);
}

async function append(upload: Upload, body: AsyncIterable<Uint8Array>, limitBytes = Infinity): Promise<void> {
  const admits = async (bytes: number) => upload.size + bytes <= limitBytes;
  await upload.append(await upload.takeOver(), body, { refusal: 'too large', admits });
}

const isInvalid = (error: unknown) => error instanceof Refusal && error.code === 'BLOB_UPLOAD_INVALID';

test('an upload that several ask for at once after a restart is taken up once', async () => {
  const { id, path } = await new Uploads(folder, records).begin('a/b');
  writeFileSync(path, 'here already');
  const uploads = new Uploads(folder, records);
  const found = await Promise.all([uploads.find('a/b', id), uploads.find('a/b', id)]);
  assert.equal(found[0], found[1]);
  assert.equal(found[0]?.size, 'here already'.length);
  assert.equal(await found[0]?.seal('sha256'), digestOf('here already'));
});

test('to a sealed upload nothing is appended any more', async () => {
  const uploads = new Uploads(folder, records);
  const upload = await uploads.begin('a/b');
  const go = Promise.withResolvers<void>();
  const slow = async function* () {
    yield Buffer.from('first');
    await go.promise;
    yield Buffer.from('late');
  };
  const slowly = assert.rejects(append(upload, slow()), isInvalid);
  while (upload.size === 0) await new Promise((resolve) => setImmediate(resolve));
  const digest = upload.seal('sha256');
  const later = assert.rejects(append(upload, bytes('more')), isInvalid);
  go.resolve();
  await Promise.all([slowly, later]);
  assert.equal(await digest, digestOf('first'));
  assert.equal(readFileSync(upload.path, 'utf8'), 'first');
  await assert.rejects(upload.seal('sha256'), isInvalid);
});

test('after a failed write the upload goes on from what the file has', async () => {
  const uploads = new Uploads(folder, records);
  const upload = await uploads.begin('a/b');
  await append(upload, bytes('one'));
  // Half of a piece has come to the disk.
  appendFileSync(upload.path, 'tw');
  await uploads.fail(upload, Object.assign(new Error('write'), { code: 'EIO' }));
  const again = await uploads.find('a/b', upload.id);
  assert.equal(again.size, 'onetw'.length);
  await uploads.fail(again, Object.assign(new Error('write'), { code: 'ENOSPC' }));
  await assert.rejects(uploads.find('a/b', upload.id), Refusal);
  assert.deepEqual(readdirSync(folder), []);
});

test('after a failed write nothing comes any more from those who held the upload before', async () => {
  const uploads = new Uploads(folder, records);
  const upload = await uploads.begin('a/b');
  const go = Promise.withResolvers<void>();
  const slow = async function* () {
    await go.promise;
    yield Buffer.from('of one who took over');
  };
  const slowly = assert.rejects(append(upload, slow()), isInvalid);
  await uploads.fail(upload, Object.assign(new Error('write'), { code: 'EIO' }));
  const again = await uploads.find('a/b', upload.id);
  await append(again, bytes('whole'));
  go.resolve();
  await slowly;
  await assert.rejects(upload.seal('sha256'), isInvalid);
  assert.equal(await again.seal('sha256'), digestOf('whole'));
  assert.equal(readFileSync(upload.path, 'utf8'), 'whole');
});

test('the file of an upload that has ended does not come back', async () => {
  const uploads = new Uploads(folder, records);
  const upload = await uploads.begin('a/b');
  await append(upload, bytes('first '));
  await uploads.end(upload);
  await assert.rejects(append(upload, bytes('last')), { code: 'BLOB_UPLOAD_UNKNOWN' });
  assert.deepEqual(readdirSync(folder), []);
});

test('an upload grows to its limit and no further', async () => {
  const upload = await new Uploads(folder, records).begin('a/b');
  await append(upload, bytes('12', '34'), 4);
  await assert.rejects(append(upload, bytes('5'), 4), Refusal);
  assert.equal(upload.size, 4);
});

test('a project with too many uploads is refused more, and no other one is', async () => {
  const uploads = new Uploads(folder, records);
  const add = (repository: string, count: number) => {
    for (let at = 0; at < count; at += 1)
      records.uploads.add({ id: `${repository}-${at}`, repository, startedMs: 0 });
  };
  add('team', 500);
  add('team/app', 500);
  await assert.rejects(uploads.begin('team/other'), { code: 'TOOMANYREQUESTS' });
  for (const repository of ['team-2/app', 'tea/m', 'team0']) await uploads.begin(repository);
});

test('files without a record, and records without a file, are gone after a start', async () => {
  const uploads = new Uploads(folder, records);
  const kept = await uploads.begin('a/b');
  const lost = await uploads.begin('a/b');
  rmSync(lost.path);
  writeFileSync(uploads.newPath(), 'half a manifest');
  const next = new Uploads(folder, records);
  assert.deepEqual(readdirSync(folder), [kept.id]);
  assert.equal(next.count(), 1);
});
