import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { KeyedLock } from '#base';
import { noMount } from '../record/no-mount.ts';
import { recordOf } from '../testing/records.ts';
import { fillVolumes } from './copy-up.ts';

let root: string;
let filling: boolean;
let opened: number;
let failing: boolean;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'wt-fill-'));
  mkdirSync(join(root, 'image/seed'), { recursive: true });
  mkdirSync(join(root, 'volume'));
  writeFileSync(join(root, 'image/seed/grain'), 'wheat');
  other = undefined;
  filling = false;
  failing = false;
  opened = 0;
});
afterEach(() => rmSync(root, { recursive: true }));

const lock = new KeyedLock();
const snapshots = {
  async open() {
    opened++;
    if (failing) throw new Error('the disk is full');
    return { path: join(root, 'image'), async [Symbol.asyncDispose]() {} };
  },
};
let other: 'running' | 'starting' | undefined;
const records = { get: () => ({ state: { status: other } }) };
const volumes = {
  mountUsers: () => (other === undefined ? [] : ['other']),
  isHalfFilled: () => filling,
  noteFilling: (_name: string, isFilling: boolean) => {
    filling = isFilling;
  },
};

function fill(copyUp = true): Promise<void> {
  const mount = { ...noMount, type: 'volume' as const, name: 'hold', copyUp };
  const mounts = [{ ...mount, source: join(root, 'volume'), destination: '/seed' }];
  return fillVolumes({ lock, records, snapshots, volumes } as never, { ...recordOf(), mounts });
}

const grain = () => readFileSync(join(root, 'volume/grain'), 'utf8');

test('fillVolumes() fills an empty volume once, however many begin at once', async () => {
  await Promise.all([fill(), fill(), fill()]);
  assert.deepEqual([grain(), opened, filling], ['wheat', 1, false]);
  writeFileSync(join(root, 'volume/grain'), 'rye');
  await fill();
  assert.equal(grain(), 'rye');
});

test('fillVolumes() makes a copy again that was broken off', async () => {
  failing = true;
  await assert.rejects(fill(), /the disk is full/);
  assert.equal(filling, true);
  writeFileSync(join(root, 'volume/grain'), 'whe');
  failing = false;
  await fill();
  assert.deepEqual([grain(), filling], ['wheat', false]);
});

test('fillVolumes() does not look into what another container runs with', async () => {
  other = 'running';
  await fill();
  assert.equal(opened, 0);
  other = 'starting';
  await fill();
  assert.equal(opened, 1);
});

test('fillVolumes() leaves a volume empty that is to be', async () => {
  await fill(false);
  assert.equal(opened, 0);
});
