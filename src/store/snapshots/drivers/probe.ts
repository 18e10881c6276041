import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errnoOf } from '#base';
import { mount, mountDetached, mountFlag, unmount } from '#linux';
import { encodeIndex } from '../erofs/encode.ts';
import { impliedDirectory } from '../tree/node.ts';

const content = 'wharf';

/**
 * Whether this kernel mounts a file-backed EROFS over a tar in `dataRoot` and stacks it under overlayfs: builds a
 * tiny layer, mounts it as the driver does and reads a file. Undefined when it does, else the reason.
 */
export function probeErofs(dataRoot: string): string | undefined {
  const folder = join(dataRoot, 'probe');
  clear(folder);
  try {
    readThroughOverlay(folder);
    return undefined;
  } catch (error) {
    // A full disk tells nothing about the kernel.
    return errnoOf(error) === 'ENOSPC' ? undefined : String(error);
  } finally {
    clear(folder);
  }
}

/** Kernels before 6.15 stack no layer that is mounted out of sight, so for a moment it has a place. */
function readThroughOverlay(folder: string): void {
  const index = join(folder, 'index');
  const tar = join(folder, 'tar');
  const other = join(folder, 'other');
  const layer = layerIn(folder);
  mkdirSync(other, { recursive: true });
  mkdirSync(layer);
  writeFileSync(tar, Buffer.alloc(512, content));
  writeFileSync(index, encodeProbe());
  mount({ source: index, target: layer, type: 'erofs', flags: mountFlag.readOnly, data: `device=${tar}` });
  using overlay = mountDetached({
    type: 'overlay',
    options: [
      ['source', 'overlay'],
      ['lowerdir+', layer],
      ['lowerdir+', other],
    ],
  });
  const read = readFileSync(join(overlay.path, 'file'), 'latin1');
  if (read !== content) throw new Error(`a probe layer reads as ${JSON.stringify(read)}`);
}

/** Takes away what this probe, or that of a daemon that died in it, has made. */
function clear(folder: string): void {
  const layer = layerIn(folder);
  if (existsSync(join(layer, 'file'))) unmount(layer, { lazy: true });
  rmSync(folder, { recursive: true, force: true });
}

function layerIn(folder: string): string {
  return join(folder, 'layer');
}

function encodeProbe(): Uint8Array {
  const root = impliedDirectory();
  const { uid, gid, mtimeSeconds, mtimeNanos, xattrs } = root;
  const attributes = { mode: 0o644, uid, gid, mtimeSeconds, mtimeNanos, xattrs };
  const file = { kind: 'file', sizeBytes: content.length, position: 0, extents: undefined } as const;
  root.children.set('file', { ...attributes, ...file });
  return encodeIndex(root, 512, () => {}).image;
}
