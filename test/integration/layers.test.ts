/** Mounted layers against `tar -x`, and layers that are not sound, on the real stores. Needs root. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, mkdirSync, mkdtempSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { EngineError, silentLog } from '#base';
import { setXattr } from '#linux';
import { openMetadata } from '#store/metadata';
import { openSnapshots } from '#store/snapshots';
import { makeTar } from '../fixtures/tar.ts';
import { describeTree } from '../testing/describe-tree.ts';
import { useLayerStores } from '../testing/layer-stores.ts';

const { scratch, openStore, add } = useLayerStores();

/** A tree with everything that a tar can hold, made by a shell. */
function makeTree(): string {
  const tree = mkdtempSync(join(scratch, 'tree-'));
  const script = `
    umask 022
    mkdir -p a/b/c empty sticky 'name with spaces'; chmod 1777 sticky
    echo hello > a/file; ln a/file a/b/hard; ln -s ../file a/b/soft; ln -s /etc/passwd absolute
    printf '' > zero; head -c 513 /dev/urandom > odd; head -c 1048576 /dev/urandom > large
    echo x > "$(printf 'x%.0s' $(seq 1 255))"; echo u > 'ünïcödé'; echo l > "$(printf 'latin\\351')"
    touch -d '2020-01-01 00:00:00 UTC' latin*
    d=$(printf 'long%.0s' $(seq 1 50)); mkdir -p "$d/$d"; echo deep > "$d/$d/file"
    ln -s "$(printf 'target/%.0s' $(seq 1 500))" long-link
    truncate -s 3M sparse; printf data | dd of=sparse bs=1 seek=1048576 conv=notrunc 2>/dev/null
    truncate -s 1M hole
    mknod null c 1 3; mknod block b 7 200; mknod far c 300 70000; mkfifo pipe
    touch setuid; chmod 4755 setuid; chown 1234:4294967294 zero
    touch -d '1969-12-31 23:59:58.5 UTC' old; touch -d '2040-01-02 03:04:05.123456789 UTC' a/file
    mkdir many; for i in $(seq 1 300); do : > many/entry-$i; done
  `;
  execFileSync('bash', ['-e', '-c', script], { cwd: tree });
  setXattr(join(tree, 'odd'), 'user.note', Buffer.from('hello'));
  setXattr(join(tree, 'odd'), 'user.more', Buffer.alloc(700, 'y'));
  setXattr(join(tree, 'a'), 'trusted.thing', Buffer.from([0, 10, 255]));
  return tree;
}

const tree = makeTree();
const formats: readonly (readonly [name: string, options: readonly string[]])[] = [
  ['pax', ['--format=pax', '--xattrs', '--xattrs-include=*']],
  ['gnu', ['--format=gnu']],
  ['sparse gnu', ['--format=gnu', '--sparse']],
  ['sparse pax 1.0', ['--format=pax', '--sparse', '--sparse-version=1.0']],
  ['sparse pax 0.1', ['--format=pax', '--sparse', '--sparse-version=0.1']],
  ['sparse pax 0.0', ['--format=pax', '--sparse', '--sparse-version=0.0']],
];

for (const driver of ['erofs', 'unpack'] as const) {
  for (const [format, options] of formats) {
    test(`${driver}: a layer of ${format} form is what tar -x makes of it`, async () => {
      const tar = join(mkdtempSync(join(scratch, 'tar-')), 'layer.tar');
      execFileSync('tar', ['-cf', tar, ...options, '-C', tree, '.']);
      const extracted = mkdtempSync(join(scratch, 'extracted-'));
      const extract = ['--numeric-owner', '-pxf', tar, '-C', extracted];
      execFileSync('tar', ['--xattrs', '--xattrs-include=*', ...extract], { stdio: 'ignore' });
      await using store = await openStore(driver);
      await store.snapshots.prepare('tree', [await add(store.layers, createReadStream(tar))]);
      await using root = await store.snapshots.open('tree');
      const mounted = describeTree(Buffer.from(`${root.path}/.`));
      const wanted = describeTree(Buffer.from(extracted));
      mounted.delete('.');
      wanted.delete('.');
      assert.deepEqual([...mounted.keys()], [...wanted.keys()]);
      for (const [name, description] of wanted) assert.deepEqual(mounted.get(name), description, name);
    });
  }
}

async function refuses(wire: Uint8Array, text: RegExp): Promise<void> {
  await using store = await openStore('erofs');
  await assert.rejects(add(store.layers, chunked(wire)), (error) => {
    assert.ok(error instanceof EngineError, String(error));
    assert.match(error.message, text);
    return true;
  });
  assert.deepEqual(readdirSync(join(store.dataRoot, 'layers')), []);
}

async function* chunked(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 10_000) yield bytes.subarray(at, at + 10_000);
}

test('ingest() refuses a truncated tar, a truncated gzip and what is no tar', async () => {
  const tar = makeTar([{ path: 'file', content: Buffer.alloc(5000, 'x') }]);
  await refuses(tar.subarray(0, 3000), /unexpected EOF/);
  const random = makeTar([{ path: 'file', content: createHash('sha512').update('x').digest() }]);
  await refuses(gzipSync(random).subarray(0, 80), /unexpected EOF/);
  await refuses(Buffer.alloc(2048, 'not a tar'), /invalid tar header/);
  const broken = Buffer.from(tar);
  broken[150] = 0x37;
  await refuses(broken, /invalid tar header/);
});

test('ingest() keeps gigabytes of zeros as a hole', async () => {
  await using store = await openStore('erofs');
  const megabytes = 64;
  const header = makeTar([{ path: 'zeros', content: Buffer.alloc(megabytes << 20) }]);
  const diffId = await add(store.layers, chunked(gzipSync(header, { level: 1 })));
  const kept = statSync(store.layers.tarPath(diffId));
  assert.equal(kept.size, header.length);
  assert.ok(kept.blocks * 512 < 1 << 20, `${kept.blocks} blocks`);
  assert.equal(store.layers.get(diffId)?.sizeBytes, megabytes << 20);
});

test('ingest() that is given up leaves nothing', async () => {
  await using store = await openStore('erofs');
  {
    await using ingest = await store.layers.ingest({}, new AbortController().signal);
    await ingest.write(makeTar([{ path: 'file', content: 'x' }]).subarray(0, 700));
  }
  assert.deepEqual(readdirSync(join(store.dataRoot, 'layers')), []);
});

test('openSnapshots() removes what a killed daemon left half written', async () => {
  await using store = await openStore('erofs');
  mkdirSync(join(store.dataRoot, 'layers', 'tmp-dead'));
  mkdirSync(join(store.dataRoot, 'layers', '0'.repeat(64)));
  const metadata = openMetadata(':memory:');
  const execRoot = join(store.dataRoot, 'exec');
  const again = await openSnapshots({ dataRoot: store.dataRoot, execRoot, metadata, log: silentLog });
  assert.deepEqual(readdirSync(join(store.dataRoot, 'layers')), []);
  await again.snapshots.close();
  metadata.close();
});
