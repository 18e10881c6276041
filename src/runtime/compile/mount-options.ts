/** MOUNT_ATTR_* of mount_setattr(2). */
export const mountAttr = {
  readOnly: 0x1n,
  noSuid: 0x2n,
  noDev: 0x4n,
  noExec: 0x8n,
  noAtime: 0x10n,
  strictAtime: 0x20n,
  noDirAtime: 0x80n,
  noSymFollow: 0x20_0000n,
} as const;

/** All three access time modes share one field, which must be cleared to set any of them. */
const atimeField = 0x70n;

/** MS_* propagation types, as mount_setattr(2) and mount(2) both take them. */
export const propagationType = {
  unbindable: 1n << 17n,
  private: 1n << 18n,
  slave: 1n << 19n,
  shared: 1n << 20n,
} as const;

export interface AttributeChange {
  readonly set: bigint;
  readonly clear: bigint;
}

export interface Propagation {
  readonly type: bigint;
  readonly recursive: boolean;
}

/** The option list of a mount, sorted by what it acts upon. */
export interface MountOptions {
  readonly bind: boolean;
  readonly recursiveBind: boolean;
  /** Of the mount point itself. */
  readonly attributes: AttributeChange;
  /** Of the mount point and every mount below it (`rro` …). */
  readonly recursiveAttributes: AttributeChange;
  /** MS_* flags that belong to the filesystem, not to the mount point. */
  readonly superFlags: number;
  readonly propagation: Propagation | undefined;
  /** What is left for the filesystem, joined by commas. */
  readonly data: string;
}

const attributeOptions: Readonly<Record<string, AttributeChange>> = {
  ro: { set: mountAttr.readOnly, clear: 0n },
  rw: { set: 0n, clear: mountAttr.readOnly },
  nosuid: { set: mountAttr.noSuid, clear: 0n },
  suid: { set: 0n, clear: mountAttr.noSuid },
  nodev: { set: mountAttr.noDev, clear: 0n },
  dev: { set: 0n, clear: mountAttr.noDev },
  noexec: { set: mountAttr.noExec, clear: 0n },
  exec: { set: 0n, clear: mountAttr.noExec },
  noatime: { set: mountAttr.noAtime, clear: atimeField },
  atime: { set: 0n, clear: atimeField },
  relatime: { set: 0n, clear: atimeField },
  norelatime: { set: 0n, clear: 0n },
  strictatime: { set: mountAttr.strictAtime, clear: atimeField },
  nostrictatime: { set: 0n, clear: atimeField },
  nodiratime: { set: mountAttr.noDirAtime, clear: 0n },
  diratime: { set: 0n, clear: mountAttr.noDirAtime },
  nosymfollow: { set: mountAttr.noSymFollow, clear: 0n },
  symfollow: { set: 0n, clear: mountAttr.noSymFollow },
};

const superOptions: Readonly<Record<string, number>> = { sync: 0x10, dirsync: 0x80, silent: 0x8000 };
const withoutEffect = new Set(['defaults', 'async', 'loud', 'mand', 'nomand', 'remount', 'lazytime']);

/** Sorts mount options as mount(8) and the runtime specification name them; later ones win. */
export function parseMountOptions(options: readonly string[]): MountOptions {
  let attributes: AttributeChange = { set: 0n, clear: 0n };
  let recursiveAttributes = attributes;
  let superFlags = 0;
  let propagation: Propagation | undefined;
  const data: string[] = [];
  for (const option of options) {
    if (option === '' || option === 'bind' || option === 'rbind' || withoutEffect.has(option)) continue;
    const recursive = option.startsWith('r') ? option.slice(1) : '';
    const ownChange = attributeOptions[option];
    const treeChange = attributeOptions[recursive];
    const wantedPropagation = tryParsePropagation(option);
    if (ownChange !== undefined) attributes = combine(attributes, ownChange);
    else if (wantedPropagation !== undefined) propagation = wantedPropagation;
    else if (treeChange !== undefined) recursiveAttributes = combine(recursiveAttributes, treeChange);
    else if (superOptions[option] !== undefined) superFlags |= superOptions[option];
    else data.push(option);
  }
  const recursiveBind = options.includes('rbind');
  return {
    bind: recursiveBind || options.includes('bind'),
    recursiveBind,
    attributes,
    recursiveAttributes,
    superFlags,
    propagation,
    data: data.join(','),
  };
}

/** Reads `private`, `rslave` … */
export function tryParsePropagation(word: string): Propagation | undefined {
  const types: Readonly<Record<string, bigint>> = propagationType;
  const own = types[word];
  if (own !== undefined) return { type: own, recursive: false };
  const tree = word.startsWith('r') ? types[word.slice(1)] : undefined;
  return tree === undefined ? undefined : { type: tree, recursive: true };
}

function combine(earlier: AttributeChange, later: AttributeChange): AttributeChange {
  return {
    set: (earlier.set & ~later.clear) | later.set,
    clear: (earlier.clear & ~later.set) | later.clear,
  };
}

/** Whether a change does anything at all. */
export function isChange({ set, clear }: AttributeChange): boolean {
  return set !== 0n || clear !== 0n;
}

/** The MS_* flags of mount(2) for attributes that a new mount is to have. */
export function legacyFlags({ set }: AttributeChange): number {
  const table: readonly (readonly [bigint, number])[] = [
    [mountAttr.readOnly, 0x1],
    [mountAttr.noSuid, 0x2],
    [mountAttr.noDev, 0x4],
    [mountAttr.noExec, 0x8],
    [mountAttr.noSymFollow, 0x100],
    [mountAttr.noAtime, 0x400],
    [mountAttr.noDirAtime, 0x800],
    [mountAttr.strictAtime, 0x100_0000],
  ];
  return table.reduce((flags, [attribute, flag]) => (set & attribute ? flags | flag : flags), 0);
}
