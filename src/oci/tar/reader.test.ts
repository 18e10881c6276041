import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { looksLikeTar } from './header.ts';
import { TarReader } from './reader.ts';
import { readTarStream } from './stream.ts';
import type { TarEntry } from './types.ts';

/** What GNU tar makes of a folder that a shell script fills. */
function archive(script: string, ...options: readonly string[]): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'wharf-test-tar-'));
  try {
    execFileSync('sh', ['-e', '-c', script], { cwd: folder });
    const fixed = ['--sort=name', '--owner=ada:1000', '--group=ada:1000', '--numeric-owner', ...options];
    return execFileSync('tar', ['-cf', '-', ...fixed, '.'], { cwd: folder, maxBuffer: 64 << 20 });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** All entries, and the stored bytes of each, of an archive that comes in pieces of `pieceBytes`. */
function readAll(bytes: Uint8Array, pieceBytes = bytes.length): { entry: TarEntry; content: string }[] {
  const found: { entry: TarEntry; content: string }[] = [];
  const reader = new TarReader({
    entry: (entry) => found.push({ entry, content: '' }),
    content(piece) {
      const last = found.at(-1);
      if (last !== undefined) last.content += Buffer.from(piece).toString('latin1');
    },
  });
  for (let at = 0; at < bytes.length; at += pieceBytes) reader.push(bytes.subarray(at, at + pieceBytes));
  reader.finish();
  return found;
}

const script =
  'mkdir d; echo hello > d/file; ln -s ../x d/soft; ln d/file d/hard; chmod 4711 d/file; mkfifo p';

test('TarReader reads the same whatever the pieces', () => {
  const bytes = archive(script, '--mtime=@1700000000');
  const whole = readAll(bytes);
  for (const pieceBytes of [1, 7, 511, 512, 513, 5000]) assert.deepEqual(readAll(bytes, pieceBytes), whole);
  const summary = whole.map(({ entry, content }) => [entry.type, entry.name, entry.linkName, content]);
  assert.deepEqual(summary, [
    ['directory', './', '', ''],
    ['directory', './d/', '', ''],
    ['file', './d/file', '', 'hello\n'],
    ['hardlink', './d/hard', './d/file', ''],
    ['symlink', './d/soft', '../x', ''],
    ['fifo', './p', '', ''],
  ]);
  const file = whole[2]?.entry;
  assert.deepEqual([file?.mode, file?.uid, file?.mtimeSeconds], [0o4711, 1000, 1_700_000_000]);
});

for (const format of ['gnu', 'pax', 'ustar', 'v7', 'oldgnu']) {
  test(`TarReader reads ${format} archives`, () => {
    const found = readAll(archive('mkdir dir; echo x > dir/file', `--format=${format}`));
    assert.deepEqual(
      found.map(({ entry }) => [entry.type, entry.name]),
      [
        ['directory', './'],
        ['directory', './dir/'],
        ['file', './dir/file'],
      ],
    );
  });
}

for (const format of ['gnu', 'pax']) {
  test(`TarReader reads long names and link targets of ${format} archives`, () => {
    const name = 'n'.repeat(200);
    const target = 't/'.repeat(150);
    const [, entry] = readAll(archive(`ln -s ${target} ${name}`, `--format=${format}`));
    assert.deepEqual([entry?.entry.name, entry?.entry.linkName], [`./${name}`, target]);
  });
}

for (const options of [['gnu'], ['pax', '0.0'], ['pax', '0.1'], ['pax', '1.0']] as const) {
  test(`TarReader maps sparse files of ${options.join(' ')} form`, () => {
    const sparse = 'truncate -s 1M f; printf 12345 | dd of=f bs=1 seek=524288 conv=notrunc 2>/dev/null';
    const [format, version] = options;
    const form = [`--format=${format}`, '--sparse', ...(version ? [`--sparse-version=${version}`] : [])];
    const bytes = archive(sparse, ...form);
    const [, file] = readAll(bytes);
    assert.equal(file?.entry.sizeBytes, 1 << 20);
    const [extent] = file?.entry.extents ?? [];
    assert.equal(extent?.offset, 524288);
    assert.equal(bytes.toString('latin1', extent?.position, (extent?.position ?? 0) + 5), '12345');
  });
}

test('TarReader reads times before 1970 and fractions of a second', () => {
  const [, early, late] = readAll(archive('touch -d @-1.25 a; touch -d @2.5 b', '--format=pax').subarray(0));
  assert.deepEqual([early?.entry.mtimeSeconds, early?.entry.mtimeNanos], [-2, 750_000_000]);
  assert.deepEqual([late?.entry.mtimeSeconds, late?.entry.mtimeNanos], [2, 500_000_000]);
});

/** A header block by hand, with a sound checksum. */
function header(name: string, typeFlag: string, size: number, content = ''): Buffer {
  const block = Buffer.alloc(512);
  block.write(name);
  block.write('0000644\0', 100);
  block.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  block.write('        ', 148);
  block.write(typeFlag, 156);
  block.write('ustar\x0000', 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  const body = Buffer.alloc(Math.ceil(content.length / 512) * 512);
  body.write(content, 'latin1');
  return Buffer.concat([block, body]);
}

function pax(records: Readonly<Record<string, string>>): Buffer {
  const text = Object.entries(records)
    .map(([key, value]) => {
      const rest = ` ${key}=${value}\n`;
      let length = rest.length;
      while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
      return `${length}${rest}`;
    })
    .join('');
  return header('pax', 'x', text.length, text);
}

test('TarReader gives extended attributes in both writers’ forms, each name once', () => {
  const records = {
    'SCHILY.xattr.user.a': 'one\0two',
    'LIBARCHIVE.xattr.user.b': Buffer.from('b64').toString('base64'),
    'LIBARCHIVE.xattr.user.a': Buffer.from('other').toString('base64'),
  };
  const [found] = readAll(Buffer.concat([pax(records), header('f', '0', 0)]));
  const xattrs = found?.entry.xattrs.map(({ name, value }) => [name, Buffer.from(value).toString()]);
  assert.deepEqual(xattrs, [
    ['user.a', 'one\0two'],
    ['user.b', 'b64'],
  ]);
});

test('TarReader lets extended sizes and owners win over the header’s', () => {
  const records = { size: '3', uid: '4000000000', path: 'a/ü'.normalize() };
  const [found] = readAll(Buffer.concat([pax(records), header('short', '0', 0), Buffer.alloc(512, 'abc')]));
  assert.deepEqual([found?.entry.sizeBytes, found?.entry.uid, found?.content], [3, 4_000_000_000, 'abc']);
});

test('TarReader refuses sparse maps that do not fit their file', () => {
  for (const map of ['0,600', '512,512,0,512', '0,0', '1000,512']) {
    const records = { 'GNU.sparse.major': '0', 'GNU.sparse.size': '1024', 'GNU.sparse.map': map };
    const bytes = Buffer.concat([pax(records), header('f', '0', 512, 'x'.repeat(512))]);
    assert.throws(() => readAll(bytes), /invalid tar header/, map);
  }
});

test('TarReader refuses a sparse map without an end as soon as it sees one', () => {
  const records = { 'GNU.sparse.major': '1', 'GNU.sparse.realsize': '1024', 'GNU.sparse.name': 'f' };
  const endless = Buffer.concat([pax(records), header('f', '0', 1 << 30), Buffer.alloc(512, '1')]);
  const reader = new TarReader({ entry() {} });
  assert.throws(() => reader.push(endless), /invalid tar header/);
});

test('TarReader refuses times that nobody can keep', () => {
  for (const mtime of ['99999999999999999999', '-99999999999999999999.5', '9223372036854775807']) {
    const bytes = Buffer.concat([pax({ mtime }), header('f', '0', 0)]);
    assert.throws(() => readAll(bytes), /invalid tar header/, mtime);
  }
});

test('TarReader refuses more attributes than a file can have', () => {
  const records = Object.fromEntries(
    Array.from({ length: 9000 }, (_, index) => [`SCHILY.xattr.user.${index}`, '']),
  );
  assert.throws(() => readAll(Buffer.concat([pax(records), header('f', '0', 0)])), /invalid tar header/);
});

test('TarReader refuses broken headers and ends in the middle', () => {
  assert.throws(() => readAll(Buffer.alloc(1024, 'x')), /invalid tar header/);
  assert.throws(() => readAll(header('f', '0', 600, 'y'.repeat(600)).subarray(0, 1100)), /unexpected EOF/);
  assert.throws(() => readAll(pax({ path: 'x' }).subarray(0, 600)), /unexpected EOF/);
  const wrongLength = header('pax', 'x', 9, '99 path=x');
  assert.throws(() => readAll(Buffer.concat([wrongLength, header('f', '0', 0)])), /invalid tar header/);
});

test('TarReader accepts an archive whose last padding or end mark is missing', () => {
  assert.equal(readAll(header('f', '0', 3, 'abc').subarray(0, 515)).length, 1);
  assert.equal(
    readAll(Buffer.concat([header('f', '0', 0), Buffer.alloc(512), Buffer.alloc(99, 'x')])).length,
    1,
  );
});

test('looksLikeTar() knows headers and the end of an empty archive', () => {
  assert.equal(looksLikeTar(header('f', '0', 0)), true);
  assert.equal(looksLikeTar(Buffer.alloc(1024)), true);
  assert.equal(looksLikeTar(Buffer.alloc(512, '{')), false);
  assert.equal(looksLikeTar(Buffer.alloc(100)), false);
});

test('readTarStream() gives entries and their content in order', async () => {
  async function* pieces() {
    const bytes = Buffer.concat([header('a', '0', 3, 'abc'), header('b', '0', 1, 'd')]);
    for (let at = 0; at < bytes.length; at += 100) yield bytes.subarray(at, at + 100);
  }
  const seen: string[] = [];
  for await (const item of readTarStream(pieces())) {
    seen.push(item.kind === 'entry' ? item.entry.name : Buffer.from(item.piece).toString());
  }
  assert.equal(seen.join(''), 'aabcbd');
});

test('TarReader says how much it wants, and is told what went another way', () => {
  const bytes = Buffer.concat([
    header('a', '0', 700, 'x'.repeat(700)),
    header('b', '0', 1, 'd'),
    Buffer.alloc(512),
  ]);
  const seen: (string | number)[] = [];
  const reader = new TarReader({ entry: ({ name, position }) => seen.push(name, position) });
  for (let at = 0; at < bytes.length; ) {
    const wanted = Math.min(reader.wantedBytes, bytes.length - at);
    seen.push(wanted);
    if (reader.contentBytes > 0) reader.pass(wanted);
    else reader.push(bytes.subarray(at, at + wanted));
    at += wanted;
  }
  reader.finish();
  assert.deepEqual(seen, [512, 'a', 512, 700, 324 + 512, 'b', 2048, 1, 511 + 512]);
  assert.equal(reader.wantedBytes, Number.POSITIVE_INFINITY);
  assert.throws(() => reader.pass(1), RangeError);
});

test('TarReader keeps nothing of a piece that was pushed', () => {
  const bytes = archive(
    script,
    '--format=pax',
    '--mtime=@1700000000.5',
    '--pax-option=SCHILY.xattr.user.a=kept',
  );
  const found: TarEntry[] = [];
  const reader = new TarReader({ entry: (entry) => found.push(entry) });
  for (let at = 0; at < bytes.length; at += 700) {
    const piece = Buffer.from(bytes.subarray(at, at + 700));
    reader.push(piece);
    piece.fill(0xee);
  }
  const plain = readAll(bytes).map(({ entry }) => entry);
  assert.deepEqual(found, plain);
  assert.equal(Buffer.from(found[1]?.xattrs[0]?.value ?? []).toString(), 'kept');
});
