import type { OciPlatform } from '#api';
import { errorKind } from '#base';
import { type Descriptor, formatReference, type ImageIndex, parseManifest, type Reference } from '#oci';
import { createRegistryClient, type RegistryAuth, type RegistryClient, type RemoteImage } from '#registry';
import { findCredentials } from '../credentials/index.ts';
import { productVersion } from '../product.ts';
import type { Session } from '../session.ts';
import { encodePlatform } from './list-document.ts';
import type { NamedManifest } from './types.ts';

/** A registry as the user sees it, without a daemon between. */
export interface RegistryAccess extends Disposable {
  readonly client: RegistryClient;
  readonly auth: RegistryAuth | undefined;
}

/** Opens the way to the registry of a name; whoever asked for it disposes of it. */
export async function openRegistry(
  session: Session,
  { domain }: Reference,
  insecure: boolean,
): Promise<RegistryAccess> {
  const { environment } = session.caller;
  const variable = (name: string) => environment[name] ?? environment[name.toLowerCase()] ?? '';
  const client = createRegistryClient({
    userAgent: `wharf/${productVersion}`,
    mirrors: [],
    insecureRegistries: insecure ? [domain] : [],
    proxies: { http: variable('HTTP_PROXY'), https: variable('HTTPS_PROXY'), none: variable('NO_PROXY') },
  });
  return { client, auth: await findCredentials(session, domain), [Symbol.dispose]: () => client.close() };
}

/** Nothing ends a request before its answer but the end of the program. */
export const never = new AbortController().signal;

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
