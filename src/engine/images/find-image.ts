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
import type { ImageRecord, ImageRecords } from './image-records.ts';
import { configPlatform } from './manifest-views.ts';
import { nameOf } from './names.ts';

const idPattern = /^(?:sha256:)?([0-9a-f]{1,64})$/;
const fullIdLength = 64;

/**
 * The image that a name, an ID, a unique ID prefix or a digest means, of several platforms the one that is asked for;
 * names come before prefixes.
 * @throws EngineError notFound, with Docker's text, also for another platform; invalid, for an ambiguous prefix or what
 * is no reference
 */
export function findImage(records: ImageRecords, nameOrId: string, platform?: Platform): ImageRecord {
  const candidates = findIds(records, nameOrId).flatMap((id) => records.get(id) ?? []);
  const [meant] = candidates;
  if (meant === undefined) throw noSuchImage(nameOrId);
  if (platform === undefined) return meant;
  const chosen = selectPlatform(platform, candidates, ({ config }) => configPlatform(config));
  if (chosen === undefined) throw otherPlatform(meant, nameOrId, platform);
  return chosen;
}

/** An image, and what a further name of it points at: what the name it was asked for by points at, if it was a name. */
export function findTarget(
  records: ImageRecords,
  nameOrId: string,
  platform?: Platform,
): { readonly record: ImageRecord; readonly target: Descriptor } {
  const record = findImage(records, nameOrId, platform);
  const named = isIdOf(record.id, nameOrId) ? undefined : records.targetOf(nameOf(parseReference(nameOrId)));
  return { record, target: named ?? requireTarget(records, record.id) };
}

/** @throws EngineError corrupt, for an image without a manifest, which reconciling gives every one */
export function requireTarget(records: ImageRecords, id: Digest): Descriptor {
  const target = records.targetOfImage(id);
  if (target === undefined) throw new EngineError('corrupt', `image ${id} has no manifest`);
  return target;
}

/** Whether the text addresses an image by (a prefix of) its ID rather than by a name. */
export function isIdOf(id: Digest, text: string): boolean {
  return id.startsWith(text) || id.startsWith(`sha256:${text}`);
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

/** The images that may be meant, the likeliest first. */
function findIds(records: ImageRecords, nameOrId: string): readonly Digest[] {
  const hex = idPattern.exec(nameOrId)?.[1];
  if (hex?.length === fullIdLength) return [`sha256:${hex}` as Digest];
  const named = records.name(nameOf(parseReference(nameOrId)));
  if (named !== undefined) return named.images;
  const ids = hex === undefined ? [] : records.idsWithPrefix(hex);
  if (ids.length > 1) {
    throw new EngineError('invalid', `multiple IDs found with provided prefix: ${nameOrId}`);
  }
  return ids;
}

function noSuchImage(nameOrId: string): EngineError {
  const hex = idPattern.exec(nameOrId)?.[1];
  const shown =
    hex?.length === fullIdLength
      ? `sha256:${hex}`
      : familiarReference(withDefaultTag(parseReference(nameOrId)));
  return new EngineError('notFound', `No such image: ${shown}`);
}
