import { decodeFilters, readFlag, readPlatforms, readText } from '#api';
import { EngineError, type Filter } from '#base';
import type { InspectOptions, PullRequest } from '#engine/images';
import { type Platform, parsePlatform } from '#oci';
import { sendJson, sendNothing, sendProgress } from './answers.ts';
import { encodeHistory, encodeImageInspect, encodeImageSummary, encodeRemoved } from './image-encode.ts';
import { encodeImageProgress } from './image-progress.ts';
import { importImage } from './import.ts';
import { readRegistryAuth } from './registry-auth.ts';
import type { Call, DockerApiParts, Handlers } from './types.ts';

type ImageOperation =
  | 'imageList'
  | 'imageCreate'
  | 'imageInspect'
  | 'imageHistory'
  | 'imageTag'
  | 'imageRemove';

export function imageHandlers({ images }: DockerApiParts): Handlers<ImageOperation> {
  return {
    async imageList(call) {
      const { query } = call.request;
      const rows = images.list({
        filters: listFilter(call),
        sharedSize: readFlag(query, 'shared-size'),
        all: readFlag(query, 'all'),
        manifests: call.version.minor >= 47 && readFlag(query, 'manifests'),
      });
      sendJson(
        call,
        200,
        rows.map((row) => encodeImageSummary(row, call.version.minor)),
      );
    },
    async imageCreate(call) {
      if (readText(call.request.query, 'fromImage') === undefined) return await importImage(images, call);
      const request = pullRequest(call);
      await sendProgress(call, (tell) =>
        images.pull(request, (progress) => tell(encodeImageProgress(progress)), call.signal),
      );
    },
    async imageInspect(call) {
      sendJson(
        call,
        200,
        encodeImageInspect(images.inspect(nameOf(call), inspectOptions(call)), call.version),
      );
    },
    async imageHistory(call) {
      sendJson(call, 200, images.history(nameOf(call), platformOf(call, 48)).map(encodeHistory));
    },
    async imageTag(call) {
      const { query } = call.request;
      const repository = query.get('repo') ?? '';
      const tag = readText(query, 'tag');
      images.tag(nameOf(call), tag === undefined ? repository : `${repository}:${tag}`);
      sendNothing(call, 201);
    },
    async imageRemove(call) {
      const { query } = call.request;
      const force = readFlag(query, 'force');
      const platforms = call.version.minor >= 50 ? readPlatforms(query, 'platforms') : [];
      const removed = await images.remove(nameOf(call), { force, platforms });
      sendJson(call, 200, removed.map(encodeRemoved));
    },
  };
}

function nameOf(call: Call): string {
  return call.params.name ?? '';
}

/** The platform that a query names, from the version of the API on that knows it. @throws EngineError invalid */
function platformOf({ request, version }: Call, since: number): Platform | undefined {
  return version.minor < since ? undefined : readPlatforms(request.query)[0];
}

/** @throws EngineError invalid */
function inspectOptions(call: Call): InspectOptions {
  const manifests = call.version.minor >= 48 && readFlag(call.request.query, 'manifests');
  const platform = platformOf(call, 49);
  if (platform === undefined) return { manifests };
  if (!manifests) return { platform };
  throw new EngineError('invalid', 'conflicting options: manifests and platform options cannot both be set');
}

/** The old `filter=` is a pattern on names, below API 1.41. */
function listFilter({ request, version }: Call): Filter {
  const filter = decodeFilters(request.query);
  const pattern = readText(request.query, 'filter');
  if (pattern === undefined || version.minor >= 41) return filter;
  return { ...filter, reference: [...(filter.reference ?? []), pattern] };
}

function pullRequest({ request }: Call): PullRequest {
  const { query, headers } = request;
  const name = query.get('fromImage') ?? '';
  const platform = readText(query, 'platform');
  const auth = readRegistryAuth(headers);
  return {
    reference: joinName(name, readText(query, 'tag')),
    ...(platform !== undefined && { platform: parsePlatform(platform) }),
    ...(auth !== undefined && { auth }),
  };
}

/** A name of which the query gives the parts; the `tag` may be a digest. */
export function joinName(name: string, tag: string | undefined): string {
  if (tag === undefined) return name;
  return tag.includes(':') ? `${name}@${tag}` : `${name}:${tag}`;
}
