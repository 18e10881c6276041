import { digestOf } from '#base';
import { formatReference, fullName, parseManifest, parseReference, type Reference } from '#oci';
import { PushTarget, type UploadPatience } from '#registry';
import { defineCommand, exactly } from '../command.ts';
import { bool } from '../flags/index.ts';
import { never, openRegistry } from '../registry-access.ts';
import { encodeList } from './list-document.ts';
import { experimental, parseName } from './names.ts';
import { ManifestStore } from './store.ts';
import type { NamedManifest } from './types.ts';

const patience: UploadPatience = { attempts: 3, retryDelayMs: 500, onWait: () => undefined };

export const command = defineCommand({
  synopsis: ['[OPTIONS] MANIFEST_LIST'],
  description: experimental('push', 'Push a manifest list to a repository'),
  operands: exactly(1),
  offline: true,
  flags: {
    insecure: bool('Allow push to an insecure registry'),
    purge: bool('Remove the local manifest list after push', 'p'),
  },
  async run(session, { values: { insecure, purge }, operands: [name = ''] }) {
    const list = parseName(name);
    const store = new ManifestStore(session.options.configDirectory);
    const manifests = store.all(list);
    for (const manifest of manifests) checkPlatform(manifest);
    const { mediaType, content } = encodeList(list, manifests);
    const strangers = manifests.filter(({ Ref }) => parseReference(Ref).path !== list.path);
    using registry = await openRegistry(session, list, insecure);
    const mountFrom = [...new Set(strangers.map(({ Ref }) => parseReference(Ref).path))];
    const access = { access: 'pull,push', mountFrom } as const;
    const target = new PushTarget(await registry.client.open(list, registry.auth, access, never));
    for (const manifest of strangers) {
      await bringManifest(target, list, manifest);
      const ref = `${fullName(list)}@${manifest.Descriptor.digest}`;
      session.caller.writeOut(`Pushed ref ${ref} with digest: ${manifest.Descriptor.digest}\n`);
    }
    const bytes = Buffer.from(content);
    await target.putManifest(tagOf(list) ?? digestOf(bytes), { mediaType, content: bytes }, patience, never);
    session.caller.writeOut(`${digestOf(bytes)}\n`);
    if (purge) store.remove(list);
  },
});

function tagOf({ tag, digest }: Reference): string | undefined {
  return tag ?? digest;
}

function checkPlatform({ Ref, Descriptor: { platform } }: NamedManifest): void {
  if (platform?.os && platform.architecture) return;
  throw new Error(`manifest ${Ref} must have an OS and Architecture to be pushed to a registry`);
}

/** Takes a manifest over from another repository of the registry. @throws Error when its blobs do not come along */
async function bringManifest(target: PushTarget, list: Reference, manifest: NamedManifest): Promise<void> {
  const { Ref, Raw, Descriptor } = manifest;
  if (Raw === undefined) throw new Error(`${Ref} has no payload`);
  const content = Buffer.from(Raw, 'base64');
  const parsed = parseManifest(content, Descriptor.mediaType);
  const blobs = parsed.kind === 'index' ? [] : [parsed.config, ...parsed.layers];
  const origin = parseReference(Ref);
  for (const { digest } of blobs) {
    const isThere = await target.mountBlob(digest, origin.path, never);
    // Layers of Windows may be for nobody to distribute.
    if (isThere || Descriptor.platform?.os === 'windows') continue;
    throw new Error(`error mounting ${fullName(origin)}@${digest} to ${formatReference(list)}`);
  }
  const { mediaType, digest } = Descriptor;
  await target.putManifest(digest, { mediaType, content }, patience, never);
}
