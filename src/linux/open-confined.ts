import { addon, type SystemPath } from './addon.ts';
import { type OpenDescriptor, ownDescriptor } from './descriptor.ts';
import { checked } from './errno.ts';

/** How far a path may lead, for openConfined(). Sums are allowed. */
export const resolveFlag = {
  noCrossMount: 1,
  noMagicLinks: 2,
  noSymlinks: 4,
  /** Refuse what leads out of the directory. */
  beneath: 8,
  /** Treat the directory as the root: `..` and absolute links stay in it. */
  inRoot: 16,
} as const;

export interface ConfinedOpen {
  /** Descriptor of the directory to stay in. */
  readonly directory: number;
  readonly path: SystemPath;
  /** O_* flags of node:fs constants; close-on-exec is added. */
  readonly flags: number;
  readonly mode?: number;
  /** Sum of resolveFlag; inRoot and noMagicLinks if absent. */
  readonly resolve?: number;
}

/** openat2(2): opens a path that can't lead out of its directory, whatever links lie in it. @throws SystemCallError */
export function openConfined(request: ConfinedOpen): OpenDescriptor {
  const resolve = request.resolve ?? resolveFlag.inRoot + resolveFlag.noMagicLinks;
  const { directory, path, flags, mode = 0 } = request;
  return ownDescriptor(checked(addon().openat2(directory, path, flags, mode, resolve), 'openat2', path));
}

/** O_PATH of open(2), which node:fs does not name. */
export const openPathOnly = 0o10000000;
