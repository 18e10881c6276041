import {
  type DistributionInspect,
  decodeFilters,
  type ImageRemoteTags,
  type ImageSearchResult,
  readInteger,
} from '#api';
import type { FoundRepository } from '#registry';
import { sendJson } from './answers.ts';
import { readRegistryAuth } from './registry-auth.ts';
import type { DockerApiParts, Handlers } from './types.ts';

/** What registries are asked on behalf of a client. */
export function remoteImageHandlers({
  images,
}: DockerApiParts): Handlers<'imageSearch' | 'imageRemoteTags' | 'distributionInspect'> {
  return {
    async imageSearch(call) {
      const { query, headers } = call.request;
      const limit = readInteger(query, 'limit');
      const auth = readRegistryAuth(headers);
      const request = {
        term: query.get('term') ?? '',
        filter: decodeFilters(query),
        ...(limit !== undefined && { limit }),
        ...(auth !== undefined && { auth }),
      };
      sendJson(call, 200, (await images.search(request, call.signal)).map(encodeFound));
    },
    async imageRemoteTags(call) {
      const name = call.params.name ?? '';
      const tags = await images.listRemoteTags(name, readRegistryAuth(call.request.headers), call.signal);
      sendJson(call, 200, { Name: name, Tags: tags } satisfies ImageRemoteTags);
    },
    async distributionInspect(call) {
      const name = call.params.name ?? '';
      const auth = readRegistryAuth(call.request.headers);
      const { descriptor, platforms } = await images.describeRemote(name, auth, call.signal);
      const body = { Descriptor: descriptor, Platforms: platforms ?? null };
      sendJson(call, 200, body satisfies DistributionInspect);
    },
  };
}

function encodeFound({ name, description, isOfficial, stars }: FoundRepository): ImageSearchResult {
  return { star_count: stars, is_official: isOfficial, name, is_automated: false, description };
}
