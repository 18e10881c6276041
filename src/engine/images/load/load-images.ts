import { ByteSource, type ByteStream, type Digest, EngineError } from '#base';
import { formatPlatform, type Platform } from '#oci';
import { plainSource } from '#store/content';
import type { OnImageProgress } from '../types.ts';
import { ArchiveIntake } from './archive-intake.ts';
import type { ArchivedImage } from './archived-image.ts';
import { readDockerArchive } from './docker-archive.ts';
import {
  isForOneOf,
  isWhole,
  type KeepContext,
  keepImage,
  readImage,
  type SoundImage,
} from './keep-image.ts';
import { readOciLayout } from './oci-layout.ts';

/**
 * Takes in the images of an archive that comes as a stream, those of the platforms or, without any, all; answers
 * their IDs. Keeps nothing of an archive that is not sound.
 * @throws EngineError invalid, corrupt, for what is no sound archive; notFound, when it has none of the platforms
 */
export async function loadImages(
  context: KeepContext,
  archive: ByteStream,
  platforms: readonly Platform[],
  onProgress: OnImageProgress,
  signal: AbortSignal,
): Promise<Digest[]> {
  try {
    await using members = new ArchiveIntake({ ...context, onProgress, signal });
    await using packed = new ByteSource(archive);
    await using plain = await plainSource(packed);
    await members.read(plain);
    const images = withoutAbsent(imagesOf(members.documents), members);
    const wanted = images.filter((image) => isForOneOf(platforms, image, members));
    if (wanted.length === 0 && images.length > 0) throw nothingFor(platforms);
    const sound: SoundImage[] = [];
    for (const image of wanted) sound.push(await readImage(image, members));
    const loaded: Digest[] = [];
    const tell = tellOnce(onProgress);
    for (const image of sound) loaded.push(await keepImage(context, image, tell));
    return [...new Set(loaded)];
  } finally {
    await context.intake.discard();
  }
}

function nothingFor([missed]: readonly Platform[]): EngineError {
  if (missed === undefined) return new EngineError('invalid', 'cannot load windows image on linux');
  return new EngineError('notFound', `no suitable image found for platform ${formatPlatform(missed)}`);
}

/** Images of several platforms have one name. */
function tellOnce(onProgress: OnImageProgress): OnImageProgress {
  const told = new Set<string>();
  return (progress) => {
    if (progress.kind === 'loaded' && told.has(progress.text)) return;
    if (progress.kind === 'loaded') told.add(progress.text);
    onProgress(progress);
  };
}

/** Of an archive that is both, the layout: it names manifests too. */
function imagesOf(documents: ReadonlyMap<string, Uint8Array>): ArchivedImage[] {
  const index = documents.get('index.json');
  const inLayout = index === undefined ? [] : readOciLayout(index, documents);
  if (inLayout.length > 0) return inLayout;
  const manifest = documents.get('manifest.json');
  if (manifest !== undefined) return readDockerArchive(manifest);
  const what =
    index === undefined ? 'has neither manifest.json nor index.json' : 'its index.json leads to no image';
  throw new EngineError('invalid', `invalid archive: ${what}`);
}

/** An index may name platforms that the archive does not have, as long as it has one of them. */
function withoutAbsent(images: readonly ArchivedImage[], members: ArchiveIntake): ArchivedImage[] {
  return images.filter((image) => {
    const target = image.manifest?.target.digest;
    if (target === undefined || isWhole(image, members)) return true;
    return !images.some((other) => other.manifest?.target.digest === target && isWhole(other, members));
  });
}
