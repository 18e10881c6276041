import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openMetadata } from './database.ts';

test('openMetadata() keeps room for records in its own files, whatever is written', () => {
  const folder = mkdtempSync(join(tmpdir(), 'wharf-test-metadata-'));
  try {
    const path = join(folder, 'metadata.db');
    const metadata = openMetadata(path);
    metadata.migrate('ships', ['CREATE TABLE ship (name TEXT)']);
    const room = () => statSync(path).size + statSync(`${path}-wal`).size;
    const before = room();
    for (let index = 0; index < 2000; index++) metadata.run('INSERT INTO ship VALUES (?)', `ship ${index}`);
    assert.equal(room(), before);
    const inode = statSync(`${path}-wal`).ino;
    metadata.close();
    const again = openMetadata(path);
    assert.equal(again.all('SELECT * FROM ship').length, 2000);
    assert.equal(statSync(`${path}-wal`).ino, inode);
    again.close();
  } finally {
    rmSync(folder, { recursive: true });
  }
});
