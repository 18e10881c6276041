import type { Digest } from '#base';
import type { Platform } from '#oci';
import { archiveFiles } from './archive-files.ts';
import { type ArchivePart, archiveParts, sizeOf } from './archive-parts.ts';
import { chooseImages } from './choose-images.ts';
import { type SaveContext, saveTarget } from './saved-target.ts';

/** An archive that is ready to be sent: the same images always give the same bytes. */
export interface ImageArchive extends Disposable {
  readonly lengthBytes: number;
  /** Bytes and whole files, in turn. Layers stay until the archive is disposed of; compressed forms go with their image. */
  readonly parts: readonly ArchivePart[];
}

/**
 * The archive of the images that the names and IDs mean, and what they are; without platforms, of every platform that
 * is here.
 * @throws EngineError notFound, in Docker's words; invalid
 */
export function saveImages(
  context: SaveContext,
  namesOrIds: readonly string[],
  platforms: readonly Platform[],
): { readonly archive: ImageArchive; readonly ids: readonly Digest[] } {
  const chosen = chooseImages(context.records, namesOrIds);
  const targets = chosen.map((choice) => saveTarget(context, choice, platforms));
  const images = targets.flatMap((target) => target.images);
  const held = context.layers.hold(images.flatMap(({ diffIds }) => diffIds));
  const parts = archiveParts(archiveFiles(targets));
  const lengthBytes = parts.reduce((sum, part) => sum + sizeOf(part), 0);
  const archive = { lengthBytes, parts, [Symbol.dispose]: () => held[Symbol.dispose]() };
  return { archive, ids: [...new Set(images.map(({ id }) => id))] };
}
