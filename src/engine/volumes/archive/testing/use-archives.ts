import assert from 'node:assert/strict';
import {
  chmodSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'node:test';
import { nowNs, silentLog } from '#base';
import { encodeTar, plainEntry, type TarEntry, type TarMembers } from '#oci';
import { Compressors } from '#store/content';
import { type Metadata, openMetadata } from '#store/metadata';
import { noForeignDrivers } from '../../drivers/drivers.ts';
import { VolumeEngine } from '../../volumes.ts';
import { ArchiveEngine } from '../archives.ts';
import { WorkTable } from '../work-table.ts';

export let root: string;
export let metadata: Metadata;
export let volumes: VolumeEngine;
export let archives: ArchiveEngine;
const compressors = new Compressors();
export const never = new AbortController().signal;
export const own = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
export const renamed: string[] = [];
/** Containers that run, and that are being started. */
export const active = new Set<string>();
export const starting = new Set<string>();

/** Gives each test of a file a root with volumes and their archives of its own; it is gone afterwards. */
export function useArchives(): void {
  beforeEach(openArchives);
  afterEach(closeArchives);
}

function openArchives(): void {
  root = mkdtempSync('/var/tmp/wharf-test-archives-');
  metadata = openMetadata(':memory:');
  const users = {
    isActive: (user: string) => active.has(user),
    isSettled: (user: string) => !user.startsWith('archive-') && !starting.has(user),
    volumeRenamed: (...names: string[]) => renamed.push(names.join(' ')),
  };
  const events = { publish() {} };
  volumes = new VolumeEngine({ metadata, events, root, log: silentLog, foreign: noForeignDrivers, users });
  archives = new ArchiveEngine({
    metadata,
    volumes,
    log: silentLog,
    compressors,
    snapshotRoot: join(root, '.snapshots'),
    // As if the files had been there for long.
    now: () => nowNs() + 5_000_000_000n,
    isActive: users.isActive,
  });
}

function closeArchives(): void {
  metadata.close();
  for (const set of [active, starting]) set.clear();
  renamed.length = 0;
  rmSync(root, { recursive: true });
}

export const at = (volume: string, ...path: string[]) => join(root, volume, '_data', ...path);

export async function bytesOf(tar: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of tar) parts.push(new Uint8Array(part));
  return Buffer.concat(parts);
}

export async function* stream(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < bytes.length; from += 1000) yield bytes.subarray(from, from + 1000);
}

export async function* tarOf(entries: readonly (Partial<TarEntry> & { readonly name: string })[]) {
  async function* members(): TarMembers {
    for (const entry of entries)
      yield { kind: 'entry', entry: { ...plainEntry(''), mode: 0o644, ...own, ...entry } };
  }
  yield* encodeTar(members());
}

/** A volume with something of every kind that needs no rights to make. */
export async function makeCargo(): Promise<void> {
  await volumes.create({ name: 'cargo', labels: { deck: 'low' } });
  mkdirSync(at('cargo', 'hold'), { mode: 0o750 });
  writeFileSync(at('cargo', 'hold', 'grain'), 'wheat');
  linkSync(at('cargo', 'hold', 'grain'), at('cargo', 'twin'));
  symlinkSync('hold/grain', at('cargo', 'link'));
  writeFileSync(at('cargo', 'holes'), 'head');
  truncateSync(at('cargo', 'holes'), 8 << 20);
  chmodSync(at('cargo'), 0o711);
  utimesSync(at('cargo', 'hold'), 1_600_000_000, 1_600_000_000);
}

export function checkCargo(volume: string): void {
  assert.deepEqual(readdirSync(at(volume)).sort(), ['hold', 'holes', 'link', 'twin']);
  assert.equal(readFileSync(at(volume, 'link'), 'utf8'), 'wheat');
  assert.equal(statSync(at(volume, 'twin')).ino, statSync(at(volume, 'hold', 'grain')).ino);
  const holes = statSync(at(volume, 'holes'));
  assert.equal(holes.size, 8 << 20);
  assert.ok(holes.blocks < 100);
  const hold = statSync(at(volume, 'hold'));
  assert.deepEqual([hold.mode & 0o7777, hold.mtimeMs], [0o750, 1_600_000_000_000]);
  assert.equal(statSync(at(volume)).mode & 0o7777, 0o711);
}

/** That no work is under way, and nothing of it is left. */
export async function checkIdle(): Promise<void> {
  assert.deepEqual(new WorkTable(metadata).all(), []);
  for (const { name, users } of (await volumes.list()).volumes) {
    assert.deepEqual(
      users.filter((user) => user.startsWith('archive-')),
      [],
    );
    assert.deepEqual(
      readdirSync(at(name)).filter((child) => child.startsWith('.wharf')),
      [],
    );
  }
}
