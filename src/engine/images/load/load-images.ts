import { type DiffId, type Digest, EngineError } from '#base';
import { type Platform, parseImageConfig, parseReference, withDefaultTag } from '#oci';
import { decompress } from '#store/content';
import type { Layers } from '#store/snapshots';
import type { ImageRecords } from '../image-records.ts';
import { type Intake, requireDiffIds } from '../intake.ts';
import { familiarText, nameOf } from '../names.ts';
import type { OnImageProgress } from '../types.ts';
import { ArchiveIntake } from './archive-intake.ts';
import { type ArchivedImage, parseArchiveManifest } from './archive-manifest.ts';
import { readOciLayout } from './oci-layout.ts';

export interface LoadContext {
  /** Those that are taken in; none means all. */
  readonly platforms: readonly Platform[];
  readonly records: ImageRecords;
  readonly layers: Layers;
  readonly intake: Intake;
}

/** Takes in all images of an archive that comes as a stream; answers their IDs. Keeps nothing when it fails. */
export async function loadImages(
  context: LoadContext,
  archive: AsyncIterable<Uint8Array>,
  onProgress: OnImageProgress,
  signal: AbortSignal,
): Promise<Digest[]> {
  try {
    await using members = new ArchiveIntake(context.layers, onProgress, signal);
    await members.read(decompress(archive));
    const loaded: Digest[] = [];
    for (const image of imagesOf(members.documents)) {
      loaded.push(await keepImage(context, image, members, onProgress));
    }
    return loaded;
  } finally {
    await context.layers.collect();
  }
}

function imagesOf(documents: ReadonlyMap<string, Uint8Array>): ArchivedImage[] {
  const manifest = documents.get('manifest.json');
  if (manifest !== undefined) return parseArchiveManifest(manifest);
  const index = documents.get('index.json');
  if (index !== undefined) return readOciLayout(index, documents);
  throw new EngineError('invalid', 'invalid archive: has neither manifest.json nor index.json');
}

async function keepImage(
  { records, intake }: LoadContext,
  image: ArchivedImage,
  members: ArchiveIntake,
  onProgress: OnImageProgress,
): Promise<Digest> {
  const config = members.documents.get(image.configPath);
  if (config === undefined)
    throw new EngineError('invalid', `invalid archive: ${image.configPath} is missing`);
  requireDiffIds(parseImageConfig(config), await diffIdsOf(image, members));
  const names = image.tags.map((tag) => nameOf(withDefaultTag(parseReference(tag))));
  const before = names.map((name) => records.idOf(name));
  const id = await intake.register({ config, documents: [], names });
  names.forEach((name, index) => {
    const old = before[index];
    if (old !== undefined && old !== id) {
      const text = `The image ${familiarText(name)} already exists, renaming the old one with ID ${old} to empty string`;
      onProgress({ kind: 'loaded', text });
    }
    onProgress({ kind: 'loaded', text: `Loaded image: ${familiarText(name)}` });
  });
  if (names.length === 0) onProgress({ kind: 'loaded', text: `Loaded image ID: ${id}` });
  return id;
}

async function diffIdsOf(image: ArchivedImage, members: ArchiveIntake): Promise<DiffId[]> {
  const diffIds: DiffId[] = [];
  for (const path of image.layerPaths) {
    const layer = await members.layerAt(path);
    if (layer === undefined) throw new EngineError('invalid', `invalid archive: ${path} is missing`);
    diffIds.push(layer.diffId);
  }
  return diffIds;
}
