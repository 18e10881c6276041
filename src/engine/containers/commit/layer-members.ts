import { plainEntry, type TarEntry, type TarMembers } from '#oci';
import { type WalkedPlace, walkChildren } from '#tree';
import { givenPaths, isOpaque, isWhiteout } from './overlay-marks.ts';

const whiteoutPrefix = '.wh.';
const opaqueMark = '.wh..wh..opq';

/** The files of an overlay's upper directory as the members of a layer (OCI image-spec, layer.md). */
export function layerMembers(upperDir: string, signal: AbortSignal): TarMembers {
  return walkChildren(upperDir, { signal, replace: replaceMark, within: opaqueMarks });
}

/** A deletion becomes a whiteout; what every container is given is left out. */
function replaceMark({ name, stats }: WalkedPlace): readonly TarEntry[] | undefined {
  if (givenPaths.has(`/${name}`)) return [];
  if (!isWhiteout(stats)) return undefined;
  const at = name.lastIndexOf('/') + 1;
  return [mark(`${name.slice(0, at)}${whiteoutPrefix}${name.slice(at)}`)];
}

function opaqueMarks({ path, name }: WalkedPlace): readonly TarEntry[] {
  return isOpaque(path.toString()) ? [mark(`${name}/${opaqueMark}`)] : [];
}

/** @param name a byte string already */
function mark(name: string): TarEntry {
  return { ...plainEntry(''), name, mode: 0o600 };
}
