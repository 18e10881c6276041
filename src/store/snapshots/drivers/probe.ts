import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mountAttribute, mountDetached } from '#linux';
import { encodeIndex } from '../erofs/encode.ts';
import { impliedDirectory } from '../tree/node.ts';

const content = 'wharf';

/**
 * Whether this kernel mounts a file-backed EROFS over a tar in `dataRoot` and stacks it under overlayfs: builds a
 * tiny layer, mounts it out of anyone's sight and reads a file. Undefined when it does, else the reason.
 */
export function probeErofs(dataRoot: string): string | undefined {
  const folder = mkdtempSync(join(dataRoot, 'probe-'));
  try {
    readThroughOverlay(folder);
    return undefined;
  } catch (error) {
    return String(error);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readThroughOverlay(folder: string): void {
  const index = join(folder, 'index');
  const tar = join(folder, 'tar');
  writeFileSync(tar, Buffer.alloc(512, content));
  writeFileSync(index, encodeProbe());
  const other = join(folder, 'lower');
  mkdirSync(other);
  using layer = mountDetached({
    type: 'erofs',
    options: [['source', index], ['device', tar], ['ro']],
    attributes: mountAttribute.readOnly,
  });
  using overlay = mountDetached({
    type: 'overlay',
    options: [
      ['source', 'overlay'],
      ['lowerdir+', layer.path],
      ['lowerdir+', other],
    ],
  });
  const read = readFileSync(join(overlay.path, 'file'), 'latin1');
  if (read !== content) throw new Error(`a probe layer reads as ${JSON.stringify(read)}`);
}

function encodeProbe(): Uint8Array {
  const root = impliedDirectory();
  const { uid, gid, mtimeSeconds, mtimeNanos, xattrs } = root;
  const attributes = { mode: 0o644, uid, gid, mtimeSeconds, mtimeNanos, xattrs };
  const file = { kind: 'file', sizeBytes: content.length, position: 0, extents: undefined } as const;
  root.children.set('file', { ...attributes, ...file });
  return encodeIndex(root, 512, () => {}).image;
}
