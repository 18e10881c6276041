import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { encodeTar, plainEntry, type TarEntry } from '#oci';
import { packTree, placeCopy, unpackTo } from './index.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wharf-archive-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const end = (path: string, isDirectory: boolean, exists = true) => ({ path, isDirectory, exists });

test('placeCopy() puts a source into a directory, or under the name of the destination', () => {
  assert.deepEqual(placeCopy(end('/a/f', false), end('/d', true)), {
    directory: '/d',
    oldBase: 'f',
    newBase: 'f',
  });
  assert.deepEqual(placeCopy(end('/a/d', true), end('/x/new', false, false)), {
    directory: '/x',
    oldBase: 'd',
    newBase: 'new',
  });
  assert.deepEqual(placeCopy(end('/a/d/.', true), end('/x/new', false, false)), {
    directory: '/x',
    oldBase: '.',
    newBase: 'new',
  });
});

test('placeCopy() refuses what cannot be', () => {
  assert.throws(() => placeCopy(end('/d', true), end('/f', false)), { message: 'cannot copy directory' });
  assert.throws(() => placeCopy(end('/f', false), end('/none/', false, false)), {
    message: 'no such directory',
  });
});

test('packTree() and unpackTo() keep content, modes, times, links and long names', async () => {
  const long = `${'n'.repeat(150)}ä`;
  mkdirSync(join(folder, 'src/sub'), { recursive: true });
  writeFileSync(join(folder, 'src/f'), 'content');
  writeFileSync(join(folder, 'src/sub', long), Buffer.alloc(600_000, 7));
  chmodSync(join(folder, 'src/f'), 0o4640);
  symlinkSync('f', join(folder, 'src/link'));
  linkSync(join(folder, 'src/f'), join(folder, 'src/twin'));
  const archive = packTree(join(folder, 'src'), { name: 'src', follow: false });
  await unpackTo(archive, { directory: folder, oldBase: 'src', newBase: 'copy' });
  const copy = join(folder, 'copy');
  assert.equal(readFileSync(join(copy, 'f'), 'utf8'), 'content');
  assert.equal(statSync(join(copy, 'f')).mode & 0o7777, 0o4640);
  assert.equal(
    Math.floor(statSync(join(copy, 'f')).mtimeMs / 1000),
    Math.floor(statSync(join(folder, 'src/f')).mtimeMs / 1000),
  );
  assert.equal(statSync(join(copy, 'twin')).ino, statSync(join(copy, 'f')).ino);
  assert.equal(readlinkSync(join(copy, 'link')), 'f');
  assert.deepEqual(readFileSync(join(copy, 'sub', long)), Buffer.alloc(600_000, 7));
});

type Told = Pick<TarEntry, 'type' | 'name'> & Partial<TarEntry>;

async function* members(told: readonly Told[]) {
  for (const entry of told) yield { kind: 'entry', entry: { ...plainEntry(''), ...entry } } as const;
}

function archiveOf(...told: Told[]) {
  return encodeTar(members(told));
}

test('unpackTo() refuses a name that climbs', async () => {
  const archive = archiveOf({ type: 'file', name: '../out' });
  await assert.rejects(
    unpackTo(archive, { directory: folder, oldBase: 'a', newBase: 'a' }),
    /invalid name in archive/,
  );
});

test('unpackTo() refuses to write through a link of the archive', async () => {
  const archive = archiveOf(
    { type: 'symlink', name: 'a', linkName: '/tmp' },
    { type: 'file', name: 'a/wharf-escaped' },
  );
  await assert.rejects(
    unpackTo(archive, { directory: folder, oldBase: 'x', newBase: 'x' }),
    /refusing to write through/,
  );
  assert.ok(lstatSync(join(folder, 'a')).isSymbolicLink());
  assert.equal(existsSync('/tmp/wharf-escaped'), false);
});

test('unpackTo() puts an absolute name below the destination', async () => {
  const archive = archiveOf({ type: 'file', name: '/etc/x' });
  await unpackTo(archive, { directory: folder, oldBase: 'y', newBase: 'y' });
  assert.ok(existsSync(join(folder, 'etc/x')));
});
