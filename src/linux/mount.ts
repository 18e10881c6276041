import { addon } from './addon.ts';
import { type OpenDescriptor, ownDescriptor } from './descriptor.ts';
import { checked, SystemCallError } from './errno.ts';

/** Flags of mount(2), of its remounts and propagation changes. */
export const mountFlag = {
  readOnly: 1,
  noSuid: 2,
  noDev: 4,
  noExec: 8,
  remount: 32,
  noAtime: 1024,
  bind: 4096,
  move: 8192,
  recursive: 16384,
  private: 1 << 18,
  slave: 1 << 19,
  shared: 1 << 20,
} as const;

/** Attributes of a mount, for mountDetached() and setMountAttributes(). */
export const mountAttribute = { readOnly: 1, noSuid: 2, noDev: 4, noExec: 8, noAtime: 0x10 } as const;

export interface MountRequest {
  readonly source: string;
  readonly target: string;
  readonly type: string;
  /** Sum of mountFlag. */
  readonly flags?: number;
  readonly data?: string;
}

/** mount(2). @throws SystemCallError */
export function mount(request: MountRequest): void {
  const { source, target, type, flags = 0, data } = request;
  checked(addon().mount(source, target, type, flags, data), 'mount', target);
}

/** The same, for one that may wait for other machines: this process goes on meanwhile. @throws SystemCallError */
export async function mountApart(request: MountRequest): Promise<void> {
  const { source, target, type, flags = 0, data } = request;
  checked(await addon().mountApart(source, target, type, flags, data), 'mount', target);
}

/** Takes the mount away now, or with `lazy` when its last user is gone. @throws SystemCallError */
export function unmount(target: string, options: { lazy?: boolean } = {}): void {
  const lazy = 2;
  const noFollow = 8;
  checked(addon().unmount(target, noFollow + (options.lazy ? lazy : 0)), 'umount', target);
}

export interface DetachedMountRequest {
  readonly type: string;
  /** Options in order; one without a value is a flag. Each value may have 255 bytes. */
  readonly options: readonly (readonly [key: string, value?: string])[];
  /** Sum of mountAttribute. */
  readonly attributes?: number;
}

/**
 * A mount that is in no directory tree: only its descriptor (and paths below its `path`) leads to it, and it is
 * gone when that is disposed of, also when the process dies.
 * @throws SystemCallError with the kernel's own words where it gives some
 */
export function mountDetached(request: DetachedMountRequest): OpenDescriptor {
  using context = ownDescriptor(checked(addon().fsopen(request.type, 0), 'fsopen', request.type));
  const step = (result: number, syscall: string): number => {
    if (result < 0) throw new SystemCallError(-result, syscall, request.type, contextMessages(context.fd));
    return result;
  };
  for (const [key, value] of request.options) {
    const command = value === undefined ? configCommand.flag : configCommand.text;
    step(addon().fsconfig(context.fd, command, key, value), `fsconfig ${key}`);
  }
  step(addon().fsconfig(context.fd, configCommand.create), 'fsconfig');
  return ownDescriptor(step(addon().fsmount(context.fd, request.attributes ?? 0), 'fsmount'));
}

const configCommand = { flag: 0, text: 1, create: 6 } as const;

/** What the kernel says about a filesystem context: one line a message. */
function contextMessages(context: number): string | undefined {
  const buffer = new Uint8Array(4096);
  const messages: string[] = [];
  for (;;) {
    const length = addon().read(context, buffer);
    if (length <= 0) break;
    messages.push(new TextDecoder().decode(buffer.subarray(0, length)).trim());
  }
  return messages.length === 0 ? undefined : messages.join('; ');
}

/** A copy of the mount at `path` that is in no directory tree. @throws SystemCallError */
export function cloneTree(path: string, options: { recursive?: boolean } = {}): OpenDescriptor {
  const clone = 1;
  const recursive = 0x8000;
  const flags = clone + (options.recursive ? recursive : 0);
  return ownDescriptor(checked(addon().openTree(currentDirectory, path, flags), 'open_tree', path));
}

/** Puts a detached mount at `target`. @throws SystemCallError */
export function attachMount(detached: OpenDescriptor, target: string): void {
  const fromEmptyPath = 4;
  checked(addon().moveMount(detached.fd, '', currentDirectory, target, fromEmptyPath), 'move_mount', target);
}

export interface MountAttributeChange {
  readonly set?: number;
  readonly clear?: number;
  readonly recursive?: boolean;
  /** One of mountFlag's private, slave, shared. */
  readonly propagation?: number;
  /** Descriptor of a user namespace, to map the mount's ids by. */
  readonly userNamespace?: number;
}

/** mount_setattr(2) on the mount at `path`. @throws SystemCallError */
export function setMountAttributes(path: string, change: MountAttributeChange): void {
  const mapIds = 0x100000;
  const recursive = 0x8000;
  const set = (change.set ?? 0) + (change.userNamespace === undefined ? 0 : mapIds);
  const result = addon().mountSetattr(
    currentDirectory,
    path,
    change.recursive ? recursive : 0,
    set,
    change.clear ?? 0,
    change.propagation ?? 0,
    change.userNamespace ?? 0,
  );
  checked(result, 'mount_setattr', path);
}

const currentDirectory = -100;
