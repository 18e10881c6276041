import { checkFilterKeys, EngineError, type Filter, filterFlag } from '#base';
import {
  type ImageManifest,
  type Platform,
  parseImageConfig,
  parseManifest,
  parseReference,
  withDefaultTag,
} from '#oci';
import type { FoundRepository, RegistryClient, RemoteRepository } from '#registry';
import type { Images, RemoteImageView } from '../types.ts';

const usualLimit = 25;
const largestLimit = 100;
const isImageConfig = /^application\/vnd\.(?:docker\.container\.image|oci\.image\.config)\.v1\+json$/;

/** What is only asked of registries; nothing of it is kept. */
export function remoteVerbs(
  registry: RegistryClient,
): Pick<Images, 'search' | 'describeRemote' | 'listRemoteTags'> {
  return {
    async search({ term, limit = 0, filter = {}, auth }, signal) {
      const passes = compileSearchFilter(filter);
      if (limit < 0 || limit > largestLimit) {
        throw new EngineError('invalid', `limit ${limit} is outside the range of [1, ${largestLimit}]`);
      }
      const request = { term, limit: limit || usualLimit, ...(auth !== undefined && { auth }) };
      return (await registry.search(request, signal)).filter(passes);
    },
    async describeRemote(name, auth, signal) {
      const reference = withDefaultTag(parseReference(name));
      const { manifest, repository } = await registry.resolve(reference, auth, signal);
      const { content, digest, mediaType: servedAs } = manifest;
      const parsed = parseManifest(content, servedAs);
      const descriptor = { mediaType: parsed.mediaType, digest, size: content.length };
      if (parsed.kind === 'manifest') {
        return { descriptor, platforms: await platformOf(parsed, repository, signal) };
      }
      return { descriptor, platforms: parsed.manifests.flatMap(({ platform }) => platform ?? []) };
    },
    async listRemoteTags(name, auth, signal) {
      const tags = await registry.repository(parseReference(name), auth).listTags(signal);
      return tags.toSorted();
    },
  };
}

/** Undefined for what is no image. */
async function platformOf(
  { config }: ImageManifest,
  repository: RemoteRepository,
  signal: AbortSignal,
): Promise<RemoteImageView['platforms']> {
  if (!isImageConfig.test(config.mediaType)) return undefined;
  const { os, architecture, variant } = parseImageConfig(await repository.fetchDocument(config, signal));
  const platform: Platform = { os, architecture, ...(variant !== undefined && { variant }) };
  return [platform];
}

/** @throws EngineError invalid, in Docker's words */
function compileSearchFilter(filter: Filter): (found: FoundRepository) => boolean {
  checkFilterKeys(filter, ['is-official', 'stars', 'is-automated']);
  const official = filterFlag(filter, 'is-official');
  // No repository is built by the Hub any more.
  const automated = filterFlag(filter, 'is-automated');
  const fewestStars = Math.max(0, ...(filter.stars ?? []).map(parseStars));
  return ({ isOfficial, stars }) =>
    automated !== true && (official === undefined || isOfficial === official) && stars >= fewestStars;
}

function parseStars(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw new EngineError('invalid', `invalid filter 'stars=[${text}]'`);
}
