/**
 * The one table of launch plan operations: name, opcode, the lists an operation may stand in and its operands
 * in wire order. The types, the encoder, the decoder and core/ops.h are all derived from it.
 *
 * Opcodes are the ABI: never renumber, only append. docs/launch-plan.md says what each operation does.
 */

/**
 * Which operations a core knows. A shim lives on when the programs are replaced, and an exec in its container has
 * to be told in its own terms: 2 brought `enterTasks`, which took the place of `attach`, and `supervise`.
 */
export const PLAN_REVISION = 2;

/** `before` and `after` run in the shim on the host, before and after the clone; `init` runs in the child. */
export type OpList = 'before' | 'after' | 'init';

/** How an operand lies on the wire; text and bytes are NUL-terminated and padded to four bytes. */
export type OperandType = 'u32' | 'u64' | 'text' | 'bytes' | 'texts' | 'u32s';

interface OpDefinition {
  readonly code: number;
  readonly lists: readonly OpList[];
  readonly operands: Readonly<Record<string, OperandType>>;
}

const shim = ['before', 'after'] as const;
const init = ['init'] as const;

/** `path` and `source` are host paths, `target` is resolved inside the root that `root` opened. */
export const ops = {
  hostMkdir: { code: 1, lists: shim, operands: { path: 'text', mode: 'u32' } },
  write: { code: 2, lists: shim, operands: { path: 'text', value: 'text', ignoreErrnos: 'u32s' } },
  /** Only for shims of revision 1. */
  attach: { code: 3, lists: ['after'], operands: { path: 'text' } },
  hostNetlink: { code: 4, lists: shim, operands: { protocol: 'u32', message: 'bytes', pidOffset: 'u32' } },
  listen: {
    code: 5,
    lists: ['before'],
    operands: {
      protocol: 'u32',
      address: 'bytes',
      port: 'u32',
      targetAddress: 'bytes',
      targetPort: 'u32',
    },
  },
  mapIds: { code: 6, lists: ['after'], operands: { uids: 'text', gids: 'text' } },
  enterCgroup: { code: 7, lists: ['before'], operands: { path: 'text' } },
  enterTasks: { code: 10, lists: ['before'], operands: { path: 'text' } },
  joinPidNamespace: { code: 9, lists: ['before'], operands: { path: 'text' } },
  deviceFilter: { code: 8, lists: shim, operands: { path: 'text', program: 'bytes' } },
  listenShared: {
    code: 12,
    lists: ['before'],
    operands: {
      protocol: 'u32',
      address: 'bytes',
      port: 'u32',
      targetAddress: 'bytes',
      targetPort: 'u32',
    },
  },
  holdSocket: { code: 11, lists: ['after'], operands: { protocol: 'u32', address: 'bytes', port: 'u32' } },

  wait: { code: 32, lists: init, operands: {} },
  setns: { code: 33, lists: init, operands: { path: 'text', kind: 'u32' } },
  unshare: { code: 34, lists: init, operands: { flags: 'u32' } },
  root: { code: 35, lists: init, operands: { path: 'text' } },
  mount: {
    code: 36,
    lists: init,
    operands: { source: 'text', target: 'text', fstype: 'text', flags: 'u32', data: 'text' },
  },
  bind: {
    code: 37,
    lists: init,
    operands: { source: 'text', target: 'text', recursive: 'u32', set: 'u64', clear: 'u64' },
  },
  setattr: {
    code: 38,
    lists: init,
    operands: { target: 'text', recursive: 'u32', set: 'u64', clear: 'u64' },
  },
  propagate: { code: 39, lists: init, operands: { target: 'text', recursive: 'u32', propagation: 'u64' } },
  umount: { code: 40, lists: init, operands: { target: 'text', flags: 'u32' } },
  mkdir: { code: 41, lists: init, operands: { target: 'text', mode: 'u32', uid: 'u32', gid: 'u32' } },
  mknod: {
    code: 42,
    lists: init,
    operands: { target: 'text', mode: 'u32', major: 'u32', minor: 'u32', uid: 'u32', gid: 'u32' },
  },
  symlink: { code: 43, lists: init, operands: { value: 'text', target: 'text' } },
  createFile: { code: 44, lists: init, operands: { target: 'text', mode: 'u32' } },
  pivotRoot: { code: 45, lists: init, operands: {} },
  mask: { code: 46, lists: init, operands: { target: 'text' } },
  readonlyPath: { code: 47, lists: init, operands: { target: 'text' } },
  hostname: { code: 48, lists: init, operands: { name: 'text' } },
  domainname: { code: 49, lists: init, operands: { name: 'text' } },
  writeProc: { code: 50, lists: init, operands: { path: 'text', value: 'text' } },
  netlink: { code: 51, lists: init, operands: { protocol: 'u32', message: 'bytes' } },
  rlimit: { code: 52, lists: init, operands: { resource: 'u32', soft: 'u64', hard: 'u64' } },
  terminal: { code: 53, lists: init, operands: { rows: 'u32', columns: 'u32', console: 'u32' } },
  chdir: { code: 54, lists: init, operands: { target: 'text' } },
  umask: { code: 55, lists: init, operands: { mode: 'u32' } },
  noNewPrivs: { code: 56, lists: init, operands: {} },
  capBounding: { code: 57, lists: init, operands: { mask: 'u64' } },
  setgroups: { code: 58, lists: init, operands: { gids: 'u32s' } },
  setgid: { code: 59, lists: init, operands: { gid: 'u32' } },
  setuid: { code: 60, lists: init, operands: { uid: 'u32' } },
  capSet: {
    code: 61,
    lists: init,
    operands: { effective: 'u64', permitted: 'u64', inheritable: 'u64', ambient: 'u64' },
  },
  seccomp: { code: 62, lists: init, operands: { flags: 'u32', program: 'bytes' } },
  keyring: { code: 63, lists: init, operands: { name: 'text' } },
  stdioOwner: { code: 64, lists: init, operands: { uid: 'u32' } },
  closeFds: { code: 65, lists: init, operands: { from: 'u32' } },
  exec: { code: 66, lists: init, operands: { argv: 'texts', env: 'texts' } },
  supervise: { code: 67, lists: init, operands: {} },
  place: { code: 68, lists: init, operands: { source: 'text', target: 'text' } },
} as const satisfies Record<string, OpDefinition>;

export type OpName = keyof typeof ops;

interface OperandValues {
  u32: number;
  u64: bigint;
  text: string;
  bytes: Uint8Array;
  texts: readonly string[];
  u32s: readonly number[];
}

export type OperandValue = OperandValues[OperandType];

/** The operation `Name` as a value: `{ op: 'mkdir', target: '/proc', mode: 0o755, uid: 0, gid: 0 }`. */
export type OpOf<Name extends OpName> = { readonly op: Name } & {
  readonly [Operand in keyof (typeof ops)[Name]['operands']]: (typeof ops)[Name]['operands'][Operand] extends OperandType
    ? OperandValues[(typeof ops)[Name]['operands'][Operand]]
    : never;
};

/** Any operation that may stand in the list `List`. */
export type OpIn<List extends OpList> = {
  [Name in OpName]: List extends (typeof ops)[Name]['lists'][number] ? OpOf<Name> : never;
}[OpName];

export type Op = OpIn<OpList>;

/** Everything the core needs to start one process, in order. */
export interface LaunchPlan {
  /** CLONE_NEW* flags for clone3; 0 for an exec, whose `init` list begins with `setns`. */
  readonly cloneFlags: bigint;
  readonly before: readonly OpIn<'before'>[];
  readonly after: readonly OpIn<'after'>[];
  readonly init: readonly OpIn<'init'>[];
}

/** `hostNetlink.pidOffset` of a message that names no pid. */
export const NO_PID_OFFSET = 0xffff_ffff;

/** The definition of `name`, widened: for code that walks operands generically. */
export function definitionOf(name: OpName): OpDefinition {
  return ops[name];
}
