import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { LogFiles } from './files/log-files.ts';
import { packRotated } from './pack-rotated.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wt-pack-'));
  path = join(folder, 'log');
  for (const end of ['', '.1', '.2']) writeFileSync(path + end, `text${end}\n`.repeat(1000));
});
afterEach(() => rmSync(folder, { recursive: true }));

const never = new AbortController().signal;
const unpacked = (name: string) => gunzipSync(readFileSync(name)).toString();

test('packRotated() packs all but the current file, and what is packed already', async () => {
  const files = new LogFiles();
  await packRotated(files, path, never);
  await packRotated(files, path, never);
  assert.deepEqual(readdirSync(folder).sort(), ['log', 'log.1.gz', 'log.2.gz']);
  assert.equal(unpacked(`${path}.2.gz`), 'text.2\n'.repeat(1000));
});

test('packRotated() leaves what is being read', async () => {
  const files = new LogFiles();
  const opened = await files.open(path);
  await packRotated(files, path, never);
  assert.deepEqual(readdirSync(folder).sort(), ['log', 'log.1', 'log.2']);
  for (const file of opened) await file[Symbol.asyncDispose]();
  await packRotated(files, path, never);
  assert.ok(existsSync(`${path}.1.gz`));
});

test('packRotated() finishes what an earlier one began', async () => {
  writeFileSync(`${path}.1.gz`, 'a packed file whose plain one is still there');
  writeFileSync(`${path}.packing`, 'half');
  await packRotated(new LogFiles(), path, never);
  assert.deepEqual(readdirSync(folder).sort(), ['log', 'log.1.gz', 'log.2.gz']);
  assert.equal(unpacked(`${path}.1.gz`), 'text.1\n'.repeat(1000));
});

test('packRotated() does nothing after the signal', async () => {
  const ended = AbortSignal.abort();
  await packRotated(new LogFiles(), path, ended);
  assert.deepEqual(readdirSync(folder).sort(), ['log', 'log.1', 'log.2']);
});
