import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { getXattr, mountDetached, setXattr } from '#linux';
import { probeErofs } from '#store/snapshots';
import type { Probe } from './probe.ts';

/** What images and containers' files need of the kernel and of the file system at `dataRoot`, which exists. */
export function storageProbes(dataRoot: string): readonly Probe[] {
  return [
    {
      feature: 'overlayfs',
      needed: true,
      lost: 'a container could not write over its image',
      attempt: () => withFolder(dataRoot, mountOverlay),
    },
    {
      feature: 'file-backed EROFS',
      lost: 'layers are unpacked: pull and load take longer and need more room',
      attempt: () => withFolder(dataRoot, mountErofs),
    },
    {
      feature: 'extended attributes',
      lost: 'file capabilities of images',
      attempt: () => withFolder(dataRoot, keepXattr),
    },
  ];
}

/** Written to, as a container would: a data root that is an overlay itself cannot be stacked. */
function mountOverlay(folder: string): void {
  for (const name of ['lower', 'upper', 'work']) mkdirSync(join(folder, name));
  using overlay = mountDetached({
    type: 'overlay',
    options: [
      ['source', 'overlay'],
      ['lowerdir', join(folder, 'lower')],
      ['upperdir', join(folder, 'upper')],
      ['workdir', join(folder, 'work')],
    ],
  });
  writeFileSync(join(overlay.path, 'file'), '');
}

function mountErofs(folder: string): void {
  const obstacle = probeErofs(folder);
  if (obstacle !== undefined) throw new Error(obstacle);
}

function keepXattr(folder: string): void {
  const path = join(folder, 'file');
  const name = 'trusted.wharf';
  writeFileSync(path, '');
  setXattr(path, name, Buffer.from('1'));
  if (getXattr(path, name) === undefined) throw new Error('written and not kept');
}

function withFolder(dataRoot: string, use: (folder: string) => void): undefined {
  const folder = mkdtempSync(join(dataRoot, 'check-'));
  try {
    use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
