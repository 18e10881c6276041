import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EngineError } from '#base';
import { cloneTree, mount, mountAttribute, mountDetached, type OpenDescriptor, unmount } from '#linux';
import type { RootMount } from '#oci';

/** What an overlay is made of; the lowers come from top to bottom. */
export interface OverlayParts {
  readonly lowers: readonly string[];
  /** Where changes go; absent: the overlay is read-only, and has two lowers at least. */
  readonly changes?: { readonly upper: string; readonly work: string };
}

/** mount(2) takes one page of options. */
const optionLimitBytes = 4095;

/**
 * Inode numbers that say which layer a file is from: without them two files of one container may look the same.
 * They need more than 53 bits; programs of 32 bits get EOVERFLOW.
 */
const xino = ['xino', 'on'] as const;

/** The upper directory alone says what changed: whole files and directories, none that points into a lower one. */
const plainChanges = [
  ['redirect_dir', 'off'],
  ['metacopy', 'off'],
] as const;

/** The overlay as mount(2) takes it; undefined for more layers than one such call can name. */
export function overlayMount(parts: OverlayParts): RootMount | undefined {
  const { lowers } = parts;
  const lowerOption = ['lowerdir', lowers.map(escapePath).join(':')] as const;
  const others = otherOptions(parts).map(([key, value]) => [key, escapePath(value)] as const);
  const options = [lowerOption, ...others].map((option) => option.join('='));
  if (options.join(',').length > optionLimitBytes) return undefined;
  return { type: 'overlay', source: 'overlay', options };
}

/** Mounts the overlay where nobody but the holder sees it. @throws EngineError invalid, for more layers than the kernel takes */
export function openOverlay(parts: OverlayParts): OpenDescriptor {
  try {
    return mountDetached({
      type: 'overlay',
      options: [
        ['source', 'overlay'],
        ...parts.lowers.map((path) => ['lowerdir+', path] as const),
        ...otherOptions(parts),
      ],
      attributes: parts.changes === undefined ? mountAttribute.readOnly : 0,
    });
  } catch (cause) {
    const byPath = overlayMount(parts);
    if (byPath !== undefined) return openByPath(byPath);
    throw new EngineError('invalid', `too many layers to mount: ${parts.lowers.length}`, { cause });
  }
}

function otherOptions({ changes }: OverlayParts): (readonly [string, string])[] {
  if (changes === undefined) return [xino];
  return [['upperdir', changes.upper], ['workdir', changes.work], xino, ...plainChanges];
}

/** For kernels before 6.5, which have no `lowerdir+`: mounted in the tree for a moment. */
function openByPath({ type, source, options }: RootMount): OpenDescriptor {
  const target = mkdtempSync(join(tmpdir(), 'wharf-overlay-'));
  try {
    mount({ source, target, type, data: options.join(',') });
    try {
      return cloneTree(target);
    } finally {
      unmount(target, { lazy: true });
    }
  } finally {
    rmdirSync(target);
  }
}

/** Colons part the lower directories, commas the options. */
function escapePath(path: string): string {
  return path.replace(/[\\:,]/g, '\\$&');
}
