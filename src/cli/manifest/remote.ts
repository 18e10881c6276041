import type { OciPlatform } from '#api';
import { errorKind } from '#base';
import { type Descriptor, formatReference, type ImageIndex, parseManifest, type Reference } from '#oci';
import type { RegistryAuth, RegistryClient, RemoteImage } from '#registry';
import { never, type RegistryAccess } from '../registry-access.ts';
import { encodePlatform } from './list-document.ts';
import type { NamedManifest } from './types.ts';

/**
 * What a name means at its registry: one manifest, or those of an index.
 * @throws Error with the stock client's words
 */
export async function fetchManifests(
  { client, auth }: RegistryAccess,
  name: Reference,
): Promise<NamedManifest | NamedManifest[]> {
  const image = await resolve(client, name, auth);
  const { content, mediaType, digest } = image.manifest;
  const parsed = parseManifest(content, mediaType);
  if (parsed.kind === 'index') return fetchIndex(image, name, parsed);
  const descriptor = { mediaType: parsed.mediaType, digest, size: content.length };
  return nameManifest(image, name, descriptor, content);
}

async function resolve(
  client: RegistryClient,
  name: Reference,
  auth: RegistryAuth | undefined,
): Promise<RemoteImage> {
  try {
    return await client.resolve(name, auth, never);
  } catch (error) {
    if (errorKind(error) !== 'notFound') throw error;
    throw new Error(`no such manifest: ${formatReference(name)}`);
  }
}

async function fetchIndex(
  image: RemoteImage,
  name: Reference,
  { manifests }: ImageIndex,
): Promise<NamedManifest[]> {
  const platforms = platformsOf(image.manifest.content);
  const named: NamedManifest[] = [];
  for (const [position, descriptor] of manifests.entries()) {
    const content = await image.repository.fetchDocument(descriptor, never);
    const reference = { ...name, digest: descriptor.digest };
    const manifest = await nameManifest(image, reference, descriptor, content);
    const platform = encodePlatform(platforms[position]);
    named.push({ ...manifest, Descriptor: { ...manifest.Descriptor, platform } });
  }
  return named;
}

/** The platforms as an index says them, in its order, with what tells systems of one kind apart. */
function platformsOf(index: Uint8Array): (Partial<OciPlatform> | undefined)[] {
  const { manifests } = JSON.parse(textOf(index)) as { manifests: { platform?: Partial<OciPlatform> }[] };
  return manifests.map(({ platform }) => platform);
}

/** The platform stands in the image's config. */
async function nameManifest(
  { repository }: RemoteImage,
  name: Reference,
  { mediaType, digest, size }: Descriptor,
  content: Uint8Array,
): Promise<NamedManifest> {
  const parsed = parseManifest(content, mediaType);
  if (parsed.kind === 'index') throw new Error(`unsupported manifest type: ${parsed.mediaType}`);
  const config = await repository.fetchDocument(parsed.config, never);
  const platform = encodePlatform(JSON.parse(textOf(config)) as Partial<OciPlatform>);
  const document: unknown = JSON.parse(textOf(content));
  return {
    Ref: formatReference(name),
    Descriptor: { mediaType, digest, size, platform },
    Raw: Buffer.from(content).toString('base64'),
    ...(mediaType.startsWith('application/vnd.oci.')
      ? { OCIManifest: document }
      : { SchemaV2Manifest: document }),
  };
}

function textOf(content: Uint8Array): string {
  return new TextDecoder().decode(content);
}
