import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** A call's result, or -errno. */
type Result = number;
/** Two numbers, or -errno. */
type PairResult = readonly [number, number] | number;
/** A path: a text, or the bytes of one that is none. */
export type SystemPath = string | Uint8Array;
type Poll = { readonly poll: unique symbol };

/** The methods of addon/, as C documents them there. */
export interface Addon {
  pollStart(callback: (token: number, events: number) => void): Poll | undefined;
  pollControl(poll: Poll, operation: number, fd: number, events: number, token: number): Result;
  pollKeepAlive(poll: Poll, keep: 0 | 1): Result;

  read(fd: number, buffer: Uint8Array): Result;
  write(fd: number, bytes: Uint8Array): Result;
  pipe(flags: number): PairResult;
  eventCounter(): Result;
  setNonBlocking(fd: number, on: 0 | 1): Result;
  duplicate(fd: number): Result;
  sendFile(socket: number, file: number, offset: number, length: number): Result;
  close(fd: number): Result;

  openSocket(netns: number, family: number, type: number, protocol: number): Result;
  writeInside(netns: number, path: string, content: Uint8Array): Result;
  setSocketOption(fd: number, level: number, name: number, value: Uint8Array): Result;
  bindSocket(fd: number, address: Uint8Array): Result;
  connectSocket(fd: number, address: Uint8Array): Result;
  socketError(fd: number): Result;
  queuedBytes(fd: number): Result;
  acceptSocket(fd: number): Result;
  receiveFrom(fd: number, buffer: Uint8Array, sender: Uint8Array): Result;
  sendTo(fd: number, bytes: Uint8Array, receiver: Uint8Array): Result;
  socketPair(type: number): PairResult;
  peerCredentials(fd: number): PairResult;
  sendDescriptors(fd: number, bytes: Uint8Array, descriptors: Int32Array): Result;
  receiveDescriptors(fd: number, buffer: Uint8Array, descriptors: Int32Array): PairResult;

  mount(source: string, target: string, type: string, flags: number, data: string | undefined): Result;
  mountApart(
    source: string,
    target: string,
    type: string,
    flags: number,
    data: string | undefined,
  ): Promise<Result>;
  unmount(target: string, flags: number): Result;
  attachLoop(file: number): PairResult;
  fsopen(type: string, flags: number): Result;
  fsconfig(context: number, command: number, key?: string, value?: string, aux?: number): Result;
  fsmount(context: number, attributes: number): Result;
  openTree(directory: number, path: string, flags: number): Result;
  moveMount(from: number, fromPath: string, to: number, toPath: string, flags: number): Result;
  mountSetattr(
    directory: number,
    path: string,
    flags: number,
    set: number,
    clear: number,
    propagation: number,
    userNamespace: number,
  ): Result;

  userNamespace(uidMap: string, gidMap: string): Result;

  moveMountInside(namespace: number, tree: number, place: number): Result;
  takeMountInside(namespace: number, directory: number, name: string): Result;

  openat2(directory: number, path: SystemPath, flags: number, mode: number, resolve: number): Result;
  mknod(path: SystemPath, mode: number, major: number, minor: number): Result;
  setModified(path: SystemPath, seconds: number, nanoseconds: number): Result;
  setXattr(path: SystemPath, name: string, value: Uint8Array, flags: number): Result;
  getXattr(path: SystemPath, name: string, buffer: Uint8Array): Result;
  listXattrs(path: SystemPath, buffer: Uint8Array): Result;
  removeXattr(path: SystemPath, name: string): Result;
  seek(fd: number, offset: number, whence: number): Result;

  decodeLog(
    input: Uint8Array,
    output: Uint8Array,
    prefix: Uint8Array,
    numbers: Uint8Array,
    mode: number,
  ): Result;
  scanLog(input: Uint8Array, numbers: Uint8Array, mode: number, most: number): Result;
  lockFile(fd: number, operation: number): Result;

  pidfdOpen(pid: number): Result;
  pidfdSendSignal(pidfd: number, signal: number): Result;
  pidfdGetDescriptor(pidfd: number, fd: number): Result;
  monotonicTime(): Result;
  releaseProgramText(): Result;
}

let loaded: Addon | undefined;

/** The addon, loaded at the first call, so that pure code of this room works without it. */
export function addon(): Addon {
  loaded ??= createRequire(import.meta.url)(addonPath()) as Addon;
  return loaded;
}

/** Beside the executable of an installed Wharf, or in the source tree's build folder. */
function addonPath(): string {
  const installed = join(dirname(process.execPath), 'wharf.node');
  return existsSync(installed) ? installed : join(import.meta.dirname, '../../build/wharf.node');
}
