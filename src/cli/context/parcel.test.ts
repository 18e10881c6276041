import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deflateRawSync } from 'node:zlib';
import { encodeTar, plainEntry } from '#oci';
import { encodeParcel, readParcel } from './parcel.ts';

const metadata = Buffer.from('{"Name":"far","Metadata":{},"Endpoints":{}}');
const key = Buffer.from('k'.repeat(2000));

type Files = readonly (readonly [path: string, content: Buffer])[];

async function* tar(files: Files) {
  for (const [path, content] of files) {
    yield { kind: 'entry', entry: { ...plainEntry(path), sizeBytes: content.length } } as const;
    yield { kind: 'content', piece: content } as const;
  }
}

/** A zip of deflated or stored members; with a comment behind it, as archives may have. */
async function* zip(files: Files, method: 0 | 8) {
  const members = files.map(([path, content]) => ({
    name: Buffer.from(path),
    packed: method === 8 ? deflateRawSync(content) : content,
  }));
  const bodies: Buffer[] = [];
  const directory: Buffer[] = [];
  let position = 0;
  for (const { name, packed } of members) {
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50);
    local.writeUInt16LE(name.length, 26);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50);
    entry.writeUInt16LE(method, 10);
    entry.writeUInt32LE(packed.length, 20);
    entry.writeUInt16LE(name.length, 28);
    entry.writeUInt32LE(position, 42);
    bodies.push(local, name, packed);
    directory.push(entry, name);
    position += local.length + name.length + packed.length;
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50);
  end.writeUInt16LE(members.length, 10);
  end.writeUInt32LE(position, 16);
  yield Buffer.concat([...bodies, ...directory, end, Buffer.from('a comment')]);
}

async function* once(bytes: Buffer) {
  yield bytes;
}

const whole: Files = [
  ['meta.json', metadata],
  ['tls/docker/key.pem', key],
];

test('readParcel() reads what encodeParcel() writes, and zips', async () => {
  const written = encodeParcel({ metadata, tls: new Map([['docker/key.pem', key]]) });
  for (const source of [written, zip(whole, 8), zip(whole, 0)]) {
    const { metadata: read, tls } = await readParcel(source);
    assert.equal(Buffer.from(read).toString(), metadata.toString());
    assert.deepEqual([...tls.keys()], ['docker/key.pem']);
    assert.deepEqual(Buffer.from(tls.get('docker/key.pem') ?? []), key);
  }
});

test('readParcel() takes nothing that leads out of a context', async () => {
  const refused: readonly (readonly [path: string, complaint: RegExp])[] = [
    ['tls/../../x', /unexpected path format/],
    ['tls/./docker/x', /unexpected path format/],
    ['tls//x', /unexpected path format/],
    ['/etc/passwd', /unexpected context file/],
    ['other', /unexpected context file/],
    ['tls/docker\\..\\x', /unexpected '\\' in path/],
    ['tls/key.pem', /archive format is invalid/],
    ['tls/docker/deep/key.pem', /archive format is invalid/],
  ];
  for (const [path, complaint] of refused) {
    const files: Files = [...whole, [path, key]];
    await assert.rejects(readParcel(encodeTar(tar(files))), complaint, path);
    await assert.rejects(readParcel(zip(files, 8)), complaint, path);
  }
});

test('readParcel() refuses what is no context, too much of one, and zips that are cut or lie', async () => {
  const [, tls] = whole;
  await assert.rejects(readParcel(encodeTar(tar(tls === undefined ? [] : [tls]))), /no metadata found/);
  await assert.rejects(readParcel(once(Buffer.alloc(0))), /no metadata found/);
  await assert.rejects(readParcel(once(Buffer.alloc(11 << 20))), /exceeds the defined limit/);
  for await (const archive of zip(whole, 8)) {
    for (let length = 5; length < archive.length - 9; length += 7) {
      await assert.rejects(readParcel(once(archive.subarray(0, length))), /zip/, `cut at ${length}`);
    }
    const lying = Buffer.from(archive);
    lying.writeUInt32LE(0xffffff00, archive.length - 9 - 22 + 16);
    await assert.rejects(readParcel(once(lying)), /not a valid zip file/);
  }
  const bomb: Files = [...whole, ['tls/docker/bomb', Buffer.alloc(64 << 20)]];
  await assert.rejects(readParcel(zip(bomb, 8)));
  const cluster = Array.from({ length: 5 }, (_, at) => [`tls/docker/${at}`, Buffer.alloc(3 << 20)] as const);
  await assert.rejects(readParcel(zip([...whole, ...cluster], 8)), /exceeds the defined limit/);
});
