import type { ManifestRecord } from '../records/manifest-records.ts';
import type { Exchange } from './exchange.ts';
import { cutPage, readPage } from './paging.ts';
import { jsonReply, type Reply } from './reply.ts';
import type { RouteOf } from './routes.ts';

const indexType = 'application/vnd.oci.image.index.v1+json';

/** The repositories that the asker may pull from. */
export function listCatalog({ request, registry, allows }: Exchange): Reply {
  const page = readPage(request);
  const names: string[] = [];
  for (let { after } = page; names.length <= page.limit; ) {
    const found = registry.listRepositories({ after, limit: page.limit + 1 });
    names.push(...found.filter((name) => allows(name, 'see')));
    if (found.length <= page.limit) break;
    after = found.at(-1) ?? after;
  }
  const { entries, headers } = cutPage(request, page, names, (name) => name);
  return jsonReply({ repositories: entries }, headers);
}

export async function listTags({ request, route, source }: Exchange<RouteOf<'tags'>>): Promise<Reply> {
  const page = readPage(request);
  const names = await source.tagNames(route.repository, { ...page, limit: page.limit + 1 });
  const { entries, headers } = cutPage(request, page, names, (name) => name);
  return jsonReply({ name: route.repository, tags: entries }, headers);
}

/** An index of what says something about a manifest; an empty one when nothing does. */
export function listReferrers({ request, route, registry }: Exchange<RouteOf<'referrers'>>): Reply {
  const artifactType = request.query.get('artifactType') ?? undefined;
  const page = readPage(request);
  const oneMore = { ...page, limit: page.limit + 1 };
  const found = registry.listReferrers(route.repository, route.digest, artifactType, oneMore);
  const { entries, headers } = cutPage(request, page, found, ({ digest }) => digest);
  const index = { schemaVersion: 2, mediaType: indexType, manifests: entries.map(describe) };
  return jsonReply(index, {
    ...headers,
    'Content-Type': indexType,
    ...(artifactType !== undefined && { 'OCI-Filters-Applied': 'artifactType' }),
  });
}

function describe({ mediaType, digest, size, artifactType, annotations }: ManifestRecord): object {
  return { mediaType, digest, size, artifactType, annotations };
}
