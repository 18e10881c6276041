import { type Dirent, lstatSync, readdirSync, readlinkSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { EngineError } from '#base';
import type { GrpcStream } from '#grpc';
import { goModeOf } from '../files/go-mode.ts';
import type { FileStat } from '../files/mirror.ts';
import { packet, packetType } from '../messages/session.ts';
import type { ClientSession } from '../sessions.ts';

const pieceBytes = 32 * 1024;

export interface FilesToSend {
  /** What the client calls the place where they go. */
  readonly id: string;
  /** A directory of this process that nobody changes. */
  readonly root: string;
  /** Hears how many bytes have been sent. */
  readonly onBytes: (count: number) => void;
}

/**
 * Makes a directory of the client's like one of ours (fsutil's protocol, as its sender).
 */
export async function sendFiles(
  { client }: ClientSession,
  { id, root, onBytes }: FilesToSend,
  signal: AbortSignal,
): Promise<void> {
  const metadata = { 'buildkit-attachable-exporter-id': id };
  const stream = client.open('/moby.filesync.v1.FileSend/DiffCopy', metadata, signal);
  const paths: string[] = [];
  for (const stat of describeTree(root, '')) {
    paths.push(stat.path);
    await stream.send(packet.encode({ type: packetType.stat, stat }));
  }
  await stream.send(packet.encode({ type: packetType.stat }));
  let count = 0;
  for await (const bytes of stream.messages) {
    const { type, ID, data } = packet.decode(bytes);
    if (type === packetType.error)
      throw new EngineError('internal', `error from receiver: ${Buffer.from(data)}`);
    if (type === packetType.request) {
      count += await sendContent(stream, ID, join(root, paths[ID] ?? ''));
      onBytes(count);
    }
    if (type !== packetType.finish) continue;
    await stream.send(packet.encode({ type: packetType.finish }));
    stream.end();
  }
}

async function sendContent(stream: GrpcStream, ID: number, path: string): Promise<number> {
  await using file = await open(path, 'r');
  for (let at = 0; ; ) {
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(pieceBytes), 0, pieceBytes, at);
    await stream.send(packet.encode({ type: packetType.data, ID, data: buffer.subarray(0, bytesRead) }));
    if (bytesRead === 0) return at;
    at += bytesRead;
  }
}

/** A directory's children, each followed by what is in it, in the order of their paths. */
function* describeTree(root: string, directory: string): Generator<FileStat> {
  const children = readdirSync(join(root, directory), { withFileTypes: true });
  for (const child of children.sort(byName)) {
    const path = join(directory, child.name);
    if (child.isSocket()) continue;
    yield describe(root, path);
    if (child.isDirectory()) yield* describeTree(root, path);
  }
}

function byName(left: Dirent, right: Dirent): number {
  return Buffer.compare(Buffer.from(left.name), Buffer.from(right.name));
}

function describe(root: string, path: string): FileStat {
  const stats = lstatSync(join(root, path), { bigint: true });
  return {
    path,
    mode: goModeOf(Number(stats.mode)),
    uid: Number(stats.uid),
    gid: Number(stats.gid),
    size: stats.isFile() ? Number(stats.size) : 0,
    modTime: stats.mtimeNs,
    linkname: stats.isSymbolicLink() ? readlinkSync(join(root, path)) : '',
    devmajor: 0,
    devminor: 0,
    xattrs: {},
  };
}
