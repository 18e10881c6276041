import { type Digest, EngineError } from '#base';
import {
  type Descriptor,
  familiarReference,
  formatPlatform,
  matchesPlatform,
  type Platform,
  parseReference,
  selectPlatform,
  withDefaultTag,
} from '#oci';
import type { ImageRecord, ImageRecords, NameRecord } from './image-records.ts';
import { configPlatform } from './manifest-views.ts';
import { nameOf } from './names.ts';

const idPattern = /^(?:sha256:)?([0-9a-f]{1,64})$/;
const fullIdLength = 64;

/** What a text means. */
export interface FoundImages {
  /** Several where a name or an index leads to several platforms; the first is meant where none is asked for. */
  readonly images: readonly [ImageRecord, ...ImageRecord[]];
  /** The name that it is, if it is one. */
  readonly name?: NameRecord;
}

/**
 * The images that a name, an ID, a unique ID prefix or a digest means. Names come before prefixes of IDs, and those
 * before prefixes of digests of manifests and indexes.
 * @throws EngineError notFound, with Docker's text; invalid, for an ambiguous prefix or what is no reference
 */
export function findImages(records: ImageRecords, nameOrId: string): FoundImages {
  const { ids, name } = lookUp(records, nameOrId);
  const [meant, ...others] = ids.flatMap((id) => records.get(id) ?? []);
  if (meant === undefined) throw noSuchImage(nameOrId);
  return { images: [meant, ...others], ...(name && { name }) };
}

/**
 * The one image that a text means, of several platforms the one that is asked for.
 * @throws EngineError as findImages(); notFound for another platform, too
 */
export function findImage(records: ImageRecords, nameOrId: string, platform?: Platform): ImageRecord {
  return chooseImage(findImages(records, nameOrId), nameOrId, platform);
}

/** An image, and what a further name of it points at. */
export interface FoundTarget {
  readonly record: ImageRecord;
  /** What the name points at; of one that was found by its ID, what leads to this image alone. */
  readonly target: Descriptor;
  readonly byName: boolean;
}

/** @throws EngineError as findImage() */
export function findTarget(records: ImageRecords, nameOrId: string, platform?: Platform): FoundTarget {
  const found = findImages(records, nameOrId);
  const record = chooseImage(found, nameOrId, platform);
  const named = found.name && records.targetOf(found.name);
  return { record, target: named ?? requireTarget(records, record.id), byName: named !== undefined };
}

function lookUp(
  records: ImageRecords,
  nameOrId: string,
): { readonly ids: readonly Digest[]; readonly name?: NameRecord } {
  const hex = idPattern.exec(nameOrId)?.[1];
  const isWhole = hex?.length === fullIdLength;
  const name = isWhole ? undefined : records.name(nameOf(parseReference(nameOrId)));
  if (name !== undefined) return { ids: name.images, name };
  if (hex === undefined) return { ids: [] };
  const ids = records.idsWithPrefix(hex);
  const [digest, further] = ids.length > 0 ? ids : records.documentsWithPrefix(hex);
  if (further !== undefined) {
    throw new EngineError('invalid', `multiple IDs found with provided prefix: ${nameOrId}`);
  }
  if (ids.length > 0 || digest === undefined) return { ids };
  return { ids: records.imagesWith(digest) };
}

function chooseImage({ images }: FoundImages, nameOrId: string, platform: Platform | undefined): ImageRecord {
  if (platform === undefined) return images[0];
  const chosen = selectPlatform(platform, images, ({ config }) => configPlatform(config));
  if (chosen === undefined) throw otherPlatform(images[0], nameOrId, platform);
  return chosen;
}

/** @throws EngineError corrupt, for an image without a manifest, which reconciling gives every one */
export function requireTarget(records: ImageRecords, id: Digest): Descriptor {
  const target = records.targetOfImage(id);
  if (target === undefined) throw new EngineError('corrupt', `image ${id} has no manifest`);
  return target;
}

/** @throws EngineError notFound, unless the image is for the platform */
export function requirePlatform(
  record: Pick<ImageRecord, 'config'>,
  reference: string,
  wanted: Platform,
): void {
  if (!matchesPlatform(wanted, configPlatform(record.config))) throw otherPlatform(record, reference, wanted);
}

function otherPlatform(
  { config }: Pick<ImageRecord, 'config'>,
  reference: string,
  wanted: Platform,
): EngineError {
  return new EngineError(
    'notFound',
    `image with reference ${reference} was found but its platform (${formatPlatform(configPlatform(config))}) ` +
      `does not match the specified platform (${formatPlatform(wanted)})`,
  );
}

function noSuchImage(nameOrId: string): EngineError {
  const hex = idPattern.exec(nameOrId)?.[1];
  const shown =
    hex?.length === fullIdLength
      ? `sha256:${hex}`
      : familiarReference(withDefaultTag(parseReference(nameOrId)));
  return new EngineError('notFound', `No such image: ${shown}`);
}
