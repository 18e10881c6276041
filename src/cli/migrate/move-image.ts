import type { FilesystemChange, ImageInspect } from '#api';
import { type ApiRequest, imagePath, readJsonLines, segment } from '#client';
import { containerPath } from '../container/path.ts';
import { type Cargo, type Side, tryGet } from './sides.ts';

/** Names of images that are only made to be moved. */
const repository = 'wharf-migrate';

/**
 * Brings the container's image to the other side; what the container has written is one more layer of it.
 * @returns the name that the image has there
 */
export async function moveImage(source: Side, target: Side, cargo: Cargo): Promise<string> {
  const { container } = cargo;
  const tag = container.Id.slice(0, 12);
  const packed = `${repository}:${tag}`;
  await packImage(source, cargo, tag);
  const wanted = await inspectImage(source, packed);
  const usual = container.Config.Image;
  const isThere = async (name: string) => sameLayers(await findImage(target, name), wanted);
  if (await isThere(usual)) return usual;
  if (!(await isThere(packed))) await sendImage(source, target, packed);
  if (!(await isThere(packed))) throw new Error(`${target.name} has not taken the image as it was sent`);
  const isUnchanged = sameLayers(cargo.image, wanted);
  if (!isUnchanged || (await findImage(target, usual)) !== undefined) return packed;
  return (await tagImage(target, packed, usual)) ? usual : packed;
}

/** Takes away the names that images had for the move; an image that has no other one goes where nothing uses it. */
export async function unpackNames(source: Side, target: Side, { container }: Cargo, used: string) {
  const packed = `${repository}:${container.Id.slice(0, 12)}`;
  await removeImage(source, packed);
  if (used !== packed) await removeImage(target, packed);
}

async function packImage(source: Side, { container, image }: Cargo, tag: string): Promise<void> {
  const path = containerPath(container.Id, 'changes');
  const changes = (await source.client.json<FilesystemChange[] | null>({ method: 'GET', path })) ?? [];
  const query = { container: container.Id, repo: repository, tag, pause: '0' };
  const commit: ApiRequest = { method: 'POST', path: '/commit', query, json: container.Config };
  const retag: ApiRequest = {
    method: 'POST',
    path: `/images/${segment(image.Id)}/tag`,
    query: { repo: repository, tag },
  };
  const earlier = await findImage(source, `${repository}:${tag}`);
  await source.client.call(changes.length > 0 ? commit : retag);
  if (earlier !== undefined) await removeUnnamed(source, earlier.Id);
}

/** What an earlier attempt has packed, when this one has taken its name. */
async function removeUnnamed(source: Side, id: string): Promise<void> {
  const image = await findImage(source, id);
  const names = [...(image?.RepoTags ?? []), ...(image?.RepoDigests ?? [])];
  if (image !== undefined && names.length === 0) await removeImage(source, id);
}

async function sendImage(source: Side, target: Side, name: string): Promise<void> {
  const saved = await source.client.send({ method: 'GET', path: '/images/get', query: { names: [name] } });
  const loaded = await target.client.send({
    method: 'POST',
    path: '/images/load',
    query: { quiet: '1' },
    contentType: 'application/x-tar',
    body: saved.body,
  });
  for await (const line of readJsonLines<{ readonly error?: string }>(loaded.body)) {
    if (line.error !== undefined) throw new Error(`${target.name}: ${line.error}`);
  }
}

/** False for what is no name to be given, as an id. */
async function tagImage({ client }: Side, name: string, other: string): Promise<boolean> {
  const [, repo = '', tag = 'latest'] = /^([^@]+?)(?::([^:/@]+))?$/.exec(other) ?? [];
  if (repo === '' || /^[0-9a-f]{12,64}$/.test(other) || other.startsWith('sha256:')) return false;
  await client.call({ method: 'POST', path: `/images/${imagePath(name)}/tag`, query: { repo, tag } });
  return true;
}

function sameLayers(a: ImageInspect | undefined, b: ImageInspect): boolean {
  return JSON.stringify(a?.RootFS.Layers ?? []) === JSON.stringify(b.RootFS.Layers ?? []) && a !== undefined;
}

async function inspectImage(side: Side, name: string): Promise<ImageInspect> {
  const found = await findImage(side, name);
  if (found === undefined) throw new Error(`${side.name} has no image ${name}`);
  return found;
}

function findImage(side: Side, name: string): Promise<ImageInspect | undefined> {
  return tryGet<ImageInspect>(side, `/images/${imagePath(name)}/json`);
}

async function removeImage({ client }: Side, name: string): Promise<void> {
  // One that something else uses stays.
  await client.call({ method: 'DELETE', path: `/images/${imagePath(name)}` }).catch(() => undefined);
}
