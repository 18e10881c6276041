import { type Digest, EngineError } from '#base';
import {
  type Descriptor,
  matchesPlatform,
  type Platform,
  parseImageConfig,
  parseReference,
  withDefaultTag,
} from '#oci';
import type { ContentStore } from '#store/content';
import type { Layers } from '#store/snapshots';
import type { LayerForms } from '../forms/layer-forms.ts';
import type { ImageName, ImageRecords } from '../image-records.ts';
import { type CompleteImage, type Intake, requireDiffIds } from '../intake.ts';
import { configPlatform } from '../manifest-views.ts';
import { familiarText, nameOf } from '../names.ts';
import type { OnImageProgress } from '../types.ts';
import type { ArchiveIntake } from './archive-intake.ts';
import type { ArchivedImage } from './archived-image.ts';
import type { FoundLayer } from './layer-intake.ts';

export interface KeepContext {
  readonly records: ImageRecords;
  readonly content: ContentStore;
  readonly layers: Layers;
  readonly forms: LayerForms;
  readonly intake: Intake;
}

/** Whether an archive has all of an image. */
export function isWhole({ configPath, layerPaths }: ArchivedImage, members: ArchiveIntake): boolean {
  return members.documents.has(configPath) && layerPaths.every((path) => members.hasLayer(path));
}

/** Whether an image is for one of the platforms, of which none means any that may run here. @throws EngineError invalid */
export function isForOneOf(
  platforms: readonly Platform[],
  { configPath }: ArchivedImage,
  members: ArchiveIntake,
): boolean {
  const offered = configPlatform(parseImageConfig(documentAt(configPath, members)));
  if (platforms.length === 0) return offered.os !== 'windows';
  return platforms.some((wanted) => matchesPlatform(wanted, offered));
}

/** An image of an archive of which everything is there and fits together. */
export interface SoundImage {
  readonly image: CompleteImage;
  /** Bottom to top. */
  readonly layers: readonly FoundLayer[];
  /** As its manifest names them, if it has one. */
  readonly forms: readonly Descriptor[];
}

/** @throws EngineError invalid */
export async function readImage(archived: ArchivedImage, members: ArchiveIntake): Promise<SoundImage> {
  const config = documentAt(archived.configPath, members);
  const layers = await layersOf(archived, members);
  requireDiffIds(
    parseImageConfig(config),
    layers.map(({ record }) => record.diffId),
  );
  const names = archived.tags.map((tag) => nameOf(withDefaultTag(parseReference(tag))));
  const { target, documentPaths = [], layers: forms = [] } = archived.manifest ?? {};
  const documents = documentPaths.map((path) => documentAt(path, members));
  return { image: { config, documents, names, ...(target && { target }) }, layers, forms };
}

/** Keeps an image under its names, and tells of it; answers its ID. */
export async function keepImage(
  context: KeepContext,
  { image, layers, forms }: SoundImage,
  onProgress: OnImageProgress,
): Promise<Digest> {
  const { names, target } = image;
  await keepForms(context, forms, layers);
  const before = names.map((name) => context.records.name(name));
  const id = await context.intake.register(image);
  for (const [index, name] of names.entries()) {
    const old = before[index];
    const isReplaced = old !== undefined && old.images[0] !== id && old.target !== target?.digest;
    tellName(name, isReplaced ? old.images[0] : undefined, onProgress);
  }
  if (names.length === 0) onProgress({ kind: 'loaded', text: `Loaded image ID: ${id}` });
  return id;
}

/** The compressed bytes of layers stay: nobody else is known to have them. */
async function keepForms(
  { content, forms }: KeepContext,
  descriptors: readonly Descriptor[],
  layers: readonly FoundLayer[],
): Promise<void> {
  for (const [index, descriptor] of descriptors.entries()) {
    const layer = layers[index];
    if (layer?.blob === undefined) continue;
    if (!content.has(descriptor.digest)) await layer.blob.keep(descriptor.digest);
    forms.keep(layer.record.diffId, descriptor);
  }
}

function tellName(name: ImageName, old: Digest | undefined, onProgress: OnImageProgress): void {
  if (old !== undefined) {
    const text = `The image ${familiarText(name)} already exists, renaming the old one with ID ${old} to empty string`;
    onProgress({ kind: 'loaded', text });
  }
  onProgress({ kind: 'loaded', text: `Loaded image: ${familiarText(name)}` });
}

function documentAt(path: string, { documents }: ArchiveIntake): Uint8Array {
  const document = documents.get(path);
  if (document === undefined) throw absent(path, 'JSON');
  return document;
}

async function layersOf({ layerPaths }: ArchivedImage, members: ArchiveIntake): Promise<FoundLayer[]> {
  const layers: FoundLayer[] = [];
  for (const path of layerPaths) {
    const layer = await members.layerAt(path);
    if (layer === undefined) throw absent(path, 'layer');
    layers.push(layer);
  }
  return layers;
}

/** Members are told apart by their content: what is no document and no layer was not kept. */
function absent(path: string, what: string): EngineError {
  return new EngineError('invalid', `invalid archive: ${path} is missing, or no ${what}`);
}
