import { addon, type SystemPath } from './addon.ts';
import { checked } from './errno.ts';

export type NodeType = 'character' | 'block' | 'fifo' | 'socket';

export interface NodeRequest {
  readonly path: SystemPath;
  readonly type: NodeType;
  /** Permission bits, before the umask. */
  readonly mode: number;
  readonly major?: number;
  readonly minor?: number;
}

const typeBits = { fifo: 0o010000, character: 0o020000, block: 0o060000, socket: 0o140000 } as const;

/** mknod(2). @throws SystemCallError */
export function makeNode(request: NodeRequest): void {
  const { path, type, mode, major = 0, minor = 0 } = request;
  checked(addon().mknod(path, typeBits[type] | mode, major, minor), 'mknod', path);
}

/** Sets when a file was changed and read last, to the nanosecond; a final symbolic link is not followed. */
export function setModified(path: SystemPath, seconds: number, nanoseconds: number): void {
  checked(addon().setModified(path, seconds, nanoseconds), 'utimensat', path);
}

/** Linux's dev_t: 12 bits major in the middle, 20 bits minor around them. */
export function splitDeviceNumber(device: number): { readonly major: number; readonly minor: number } {
  return { major: (device >> 8) & 0xfff, minor: (device & 0xff) | ((device >> 12) & 0xfff00) };
}
