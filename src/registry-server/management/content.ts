import type { AnyDigest } from '#base';
import type { Descriptor } from '#oci';
import type { LayerView, ManifestView, RepositoryView, TagView } from '#registry-api';
import { jsonReply, reply } from '../api/reply.ts';
import { checkRepository, parseManifestName, projectOf } from '../names.ts';
import type { TagRecord } from '../records/tag-records.ts';
import { readManifest } from '../registry/manifest-document.ts';
import { forgetTag } from '../retention/forget.ts';
import { type ManagementRoute, need, type Visit } from './visit.ts';

/** Who wants more asks again for those after the last one. */
const tagsAtOnce = 500;

/** What is in the projects. Names of repositories have slashes, so they are told in the query. */
export const contentRoutes: readonly ManagementRoute[] = [
  { method: 'GET', path: '/api/projects/:project/repositories', run: listRepositories },
  { method: 'GET', path: '/api/tags', run: listTags },
  { method: 'GET', path: '/api/manifest', run: getManifest },
  { method: 'DELETE', path: '/api/tag', run: deleteTag },
  { method: 'DELETE', path: '/api/repository', run: deleteRepository },
];

function listRepositories(visit: Visit) {
  const project = visit.param('project');
  need(visit, project, 'pull');
  return jsonReply(visit.registry.listRepositoriesOf(project).map((name) => describeRepository(visit, name)));
}

function listTags(visit: Visit) {
  const { registry } = visit;
  const repository = needRepository(visit, 'pull');
  const tags = registry.listTags(repository, { after: visit.query('after'), limit: tagsAtOnce });
  const describe = (tag: TagRecord): TagView => {
    return { ...tag, totalBytes: registry.manifests.totalBytes(repository, tag.digest) };
  };
  return jsonReply(tags.map(describe));
}

async function getManifest(visit: Visit) {
  const repository = needRepository(visit, 'pull');
  const name = parseManifestName(visit.query('name'));
  const manifest = await visit.registry.manifests.look(repository, name);
  const { blobs, manifests } = readManifest(manifest.content, manifest.mediaType);
  const { digest, mediaType, pushedMs, pulledMs } = manifest;
  const view: ManifestView = {
    digest,
    mediaType,
    totalBytes: visit.registry.manifests.totalBytes(repository, digest),
    layers: blobs.map(describePart),
    manifests: manifests.map(describeManifest),
    pushedMs,
    ...(pulledMs !== undefined && { pulledMs }),
  };
  return jsonReply(view);
}

async function deleteTag(visit: Visit) {
  await forgetTag(visit.registry, needRepository(visit, 'delete'), visit.query('tag'));
  return reply(204);
}

function deleteRepository(visit: Visit) {
  visit.registry.deleteRepository(needRepository(visit, 'delete'));
  return reply(204);
}

/** The repository that the query names. */
function needRepository(visit: Visit, action: 'pull' | 'delete'): string {
  const repository = checkRepository(visit.query('repository'));
  need(visit, projectOf(repository), action);
  return repository;
}

function describeRepository({ registry }: Visit, name: string): RepositoryView {
  const tags = registry.listTags(name);
  return { name, tags: tags.length, updatedMs: Math.max(0, ...tags.map((tag) => tag.updatedMs)) };
}

function describePart({ digest, mediaType, size }: Descriptor<AnyDigest>): LayerView {
  return { digest, mediaType, size };
}

function describeManifest(descriptor: Descriptor<AnyDigest>): ManifestView['manifests'][number] {
  const { platform } = descriptor;
  const words = platform && [platform.os, platform.architecture, platform.variant];
  const name = words?.filter((word) => word !== undefined && word !== '').join('/');
  return { ...describePart(descriptor), ...(name !== undefined && { platform: name }) };
}
