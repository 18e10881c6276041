import {
  closeSync,
  existsSync,
  linkSync,
  openSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
  writeSync,
} from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';

const reservedBytes = 1 << 20;
const enoughFreePages = 128;
const logHeaderBytes = 32;

/**
 * A database whose files have room ahead of need, so that records can still change, and containers go, when the
 * disk is full: the log is written over from its start once it was copied, and the tables' pages stay with the
 * database. SQLite takes the log's name away at a clean end; a second name keeps its room for the next start.
 */
export function openReserved(path: string, open: (path: string) => DatabaseSync): DatabaseSync {
  const log = `${path}-wal`;
  const secondName = `${path}-reserve`;
  if (!existsSync(log) && existsSync(secondName)) {
    blankHeader(secondName);
    renameSync(secondName, log);
  }
  const database = open(path);
  grow(database, path, log);
  rmSync(secondName, { force: true });
  linkSync(log, secondName);
  return database;
}

export function isFull(error: unknown): boolean {
  return error instanceof Error && error.message.includes('database or disk is full');
}

/** What such a log says was copied before; without its header nobody reads it again. */
function blankHeader(log: string): void {
  const fd = openSync(log, 'r+');
  writeSync(fd, Buffer.alloc(logHeaderBytes), 0, logHeaderBytes, 0);
  closeSync(fd);
}

/** Writes zeros through the log into the tables' file, unless both have room, or the disk has none to give. */
function grow(database: DatabaseSync, path: string, log: string): void {
  database.exec('PRAGMA wal_autocheckpoint = 128; CREATE TABLE IF NOT EXISTS reserve (room BLOB)');
  const { freelist_count: freePages } = database.prepare('PRAGMA freelist_count').get() ?? {};
  const hasRoom = Number(freePages) >= enoughFreePages && statSync(log).size >= reservedBytes;
  const { bavail, bsize } = statfsSync(path);
  if (hasRoom || bavail * bsize < 8 * reservedBytes) return;
  database.exec(`INSERT INTO reserve VALUES (zeroblob(${reservedBytes}))`);
  database.exec('PRAGMA wal_checkpoint(RESTART); DELETE FROM reserve');
}
