import { type Digest, EngineError, tryParseDigest } from '#base';
import {
  familiarReference,
  formatPlatform,
  matchesPlatform,
  type Platform,
  parseReference,
  withDefaultTag,
} from '#oci';
import type { ImageRecord, ImageRecords } from './image-records.ts';
import { nameOf } from './names.ts';

const idPattern = /^(?:sha256:)?([0-9a-f]{1,64})$/;
const fullIdLength = 64;

/**
 * The image that a name, an ID, a unique ID prefix or a digest means; names come before prefixes.
 * @throws EngineError notFound, with Docker's text; invalid, for an ambiguous prefix or what is no reference
 */
export function findImage(records: ImageRecords, nameOrId: string): ImageRecord {
  const id = findId(records, nameOrId);
  const record = id === undefined ? undefined : records.get(id);
  if (record === undefined) throw noSuchImage(nameOrId);
  return record;
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
  const { os, architecture, variant } = record.config;
  const offered = { os, architecture, ...(variant !== undefined && { variant }) };
  if (matchesPlatform(wanted, offered)) return;
  throw new EngineError(
    'notFound',
    `image with reference ${reference} was found but its platform (${formatPlatform(offered)}) ` +
      `does not match the specified platform (${formatPlatform(wanted)})`,
  );
}

function findId(records: ImageRecords, nameOrId: string): Digest | undefined {
  const hex = idPattern.exec(nameOrId)?.[1];
  if (hex?.length === fullIdLength) return tryParseDigest(`sha256:${hex}`);
  const named = records.idOf(nameOf(parseReference(nameOrId)));
  if (named !== undefined || hex === undefined) return named;
  const ids = records.idsWithPrefix(hex);
  if (ids.length > 1) {
    throw new EngineError('invalid', `multiple IDs found with provided prefix: ${nameOrId}`);
  }
  return ids[0];
}

function noSuchImage(nameOrId: string): EngineError {
  const hex = idPattern.exec(nameOrId)?.[1];
  const shown =
    hex?.length === fullIdLength
      ? `sha256:${hex}`
      : familiarReference(withDefaultTag(parseReference(nameOrId)));
  return new EngineError('notFound', `No such image: ${shown}`);
}
