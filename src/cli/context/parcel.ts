import { encodeTar, fromByteString, plainEntry, readTarStream, type TarStreamItem } from '#oci';
import { readZip } from './zip.ts';

/** A context on its way to another machine: what describes it, and its TLS files as `ENDPOINT/FILE`. */
export interface Parcel {
  /** JSON. */
  readonly metadata: Uint8Array;
  readonly tls: ReadonlyMap<string, Uint8Array>;
}

const limitBytes = 10 << 20;

const metadataFile = 'meta.json';
const tlsFolder = 'tls/';

/** As the tar that either client imports. */
export function encodeParcel({ metadata, tls }: Parcel): AsyncIterable<Uint8Array> {
  return encodeTar(members(metadata, tls));
}

async function* members(metadata: Uint8Array, tls: Parcel['tls']): AsyncGenerator<TarStreamItem> {
  yield* file(metadataFile, metadata, 0o644);
  for (const [path, content] of tls) yield* file(tlsFolder + path, content, 0o600);
}

function* file(name: string, content: Uint8Array, mode: number): Generator<TarStreamItem> {
  yield { kind: 'entry', entry: { ...plainEntry(name), mode, sizeBytes: content.length } };
  yield { kind: 'content', piece: content };
}

/** Reads a tar or zip. @throws Error for one that is too large, or holds what is no part of a context */
export async function readParcel(source: AsyncIterable<Uint8Array>): Promise<Parcel> {
  const archive = await readAll(source);
  const isZip = archive.subarray(0, 4).toString('latin1') === 'PK\x03\x04';
  const files = isZip ? readZip(archive, limitBytes) : await readTarFiles(archive);
  const tls = new Map<string, Uint8Array>();
  let metadata: Uint8Array | undefined;
  for (const [path, content] of files) {
    checkPath(path);
    if (path === metadataFile) metadata = content;
    else tls.set(path.slice(tlsFolder.length), content);
  }
  if (metadata === undefined) throw new Error('invalid context: no metadata found');
  return { metadata, tls };
}

async function readAll(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let total = 0;
  for await (const piece of source) {
    total += piece.length;
    if (total > limitBytes) throw new Error('read exceeds the defined limit');
    pieces.push(Buffer.from(piece));
  }
  return Buffer.concat(pieces);
}

async function readTarFiles(archive: Uint8Array): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  let path: string | undefined;
  for await (const item of readTarStream(once(archive))) {
    if (item.kind === 'entry') {
      path = item.entry.type === 'file' ? fromByteString(item.entry.name) : undefined;
      if (path !== undefined) files.set(path, new Uint8Array());
    } else if (path !== undefined) {
      files.set(path, Buffer.concat([files.get(path) ?? new Uint8Array(), item.piece]));
    }
  }
  return files;
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** Only what a context has, and nothing that leads elsewhere. */
function checkPath(path: string): void {
  if (path === metadataFile) return;
  if (!path.startsWith(tlsFolder)) throw new Error(`${path}: unexpected context file`);
  const parts = path.split('/');
  if (parts.some((part) => part === '' || part === '.' || part === '..')) {
    throw new Error(`${path}: unexpected path format`);
  }
  if (path.includes('\\')) throw new Error(`${path}: unexpected '\\' in path`);
  if (parts.length !== 3) throw new Error('archive format is invalid');
}
