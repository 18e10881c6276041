import { type Digest, EngineError } from '#base';
import {
  type Descriptor,
  familiarName,
  familiarReference,
  fullName,
  isIndexType,
  isTag,
  type Platform,
  parseReference,
  type Reference,
} from '#oci';
import { findImage } from '../find-image.ts';
import type { FormOrigin } from '../forms/layer-forms.ts';
import type { NameRecord } from '../image-records.ts';
import type { ManifestView } from '../manifest-views.ts';
import { familiarText } from '../names.ts';
import type { OnImageProgress, PushRequest } from '../types.ts';
import { Destination } from './destination.ts';
import { ImagePusher, type PushedDocument, type PushedImage } from './image-pusher.ts';
import type { PushContext, PushRoute } from './push-context.ts';

/** One push of one name. */
interface PushTask {
  readonly name: NameRecord;
  readonly target: Descriptor;
  readonly platform: Platform | undefined;
  readonly route: PushRoute;
}

/** Brings images to registries; pushes at the same time share what they have in common. */
export class Pusher {
  readonly #context: PushContext;
  readonly #images: ImagePusher;

  constructor(context: PushContext) {
    this.#context = context;
    this.#images = new ImagePusher(context);
  }

  /** Pushes a tag, or every tag of a repository; answers what was pushed. */
  async push(request: PushRequest, onProgress: OnImageProgress, signal: AbortSignal): Promise<Reference[]> {
    const { records, registry } = this.#context;
    const reference = parseReference(request.repository);
    const { tag, platform } = request;
    if (tag !== undefined && !isTag(tag)) throw new EngineError('invalid', 'invalid tag format');
    const asked = { ...reference, ...(tag !== undefined && { tag }) };
    if (platform !== undefined) findImage(records, familiarReference(asked), platform);
    onProgress({ kind: 'status', text: `The push refers to repository [${fullName(asked)}]` });
    const names = this.#namesOf(asked);
    const destination = await Destination.open(registry, asked, request.auth, this.#origins(names), signal);
    const route = { destination, onProgress, signal };
    for (const name of names) {
      const target = records.targetOf(name);
      if (target === undefined) throw noSuchTag(name);
      const pushed = await this.#pushName({ name, target, platform, route });
      const { digest, size } = pushed;
      onProgress({ kind: 'status', text: `${name.value}: digest: ${digest} size: ${size}` });
      onProgress({ kind: 'pushed', tag: name.value, digest, size });
    }
    return names.map(({ value }) => ({ ...reference, tag: value }));
  }

  /** @throws EngineError notFound, in Docker's words, when there is none */
  #namesOf(reference: Reference): NameRecord[] {
    const repository = fullName(reference);
    const all = this.#context.records.names().filter((name) => name.repository === repository);
    if (all.length === 0) {
      const text = `An image does not exist locally with the tag: ${familiarName(reference)}`;
      throw new EngineError('notFound', text);
    }
    const { tag } = reference;
    const names = all.filter(({ kind, value }) => kind === 'tag' && (tag === undefined || tag === value));
    if (names.length === 0 && tag !== undefined) {
      throw noSuchTag({ repository, kind: 'tag', value: tag });
    }
    return names;
  }

  async #pushName(task: PushTask): Promise<Descriptor> {
    const { name, target, platform } = task;
    const { records } = this.#context;
    if (platform !== undefined) {
      const { id } = findImage(records, familiarText(name), platform);
      return this.#pushOnly(task, this.#view(target, id));
    }
    if (!isIndexType(target.mediaType)) return this.#pushOnly(task, target);
    if (await this.#pushIndex(task)) return target;
    const selected = await this.#pushOnly(task, this.#view(target, name.images[0]));
    task.route.onProgress({ kind: 'instead', index: target, manifest: selected });
    return selected;
  }

  /** Puts one image's manifest under the tag. */
  async #pushOnly({ name, target, route }: PushTask, descriptor: Descriptor): Promise<Descriptor> {
    const document = this.#document(descriptor, target);
    const pushed = await this.#images.pushImage(route, document, name.value);
    await this.#keep(name, pushed);
    return pushed.descriptor;
  }

  /**
   * Pushes an index with all that it leads to, as it is; false when a part of it is neither here nor there, or could
   * not be pushed as it is.
   */
  async #pushIndex(task: PushTask): Promise<boolean> {
    const { name, target } = task;
    const { destination, signal } = task.route;
    const { records, content } = this.#context;
    const views = records.manifestsOf(target);
    for (const { available, descriptor } of views) {
      if (!available && !(await destination.hasManifest(descriptor, signal))) return false;
    }
    for (const view of views) if (view.available && !(await this.#pushEntry(task, view))) return false;
    const { mediaType, digest } = target;
    await destination.putManifest(name.value, { mediaType, content: content.read(digest) }, signal);
    const isHere = records.hasDocument(digest);
    if (isHere) records.point({ repository: name.repository, kind: 'digest', value: digest }, target);
    return true;
  }

  async #pushEntry({ target, route }: PushTask, { kind, descriptor }: ManifestView): Promise<boolean> {
    const document = this.#document(descriptor, target);
    if (kind !== 'image') return this.#images.pushArtifact(route, document);
    return (await this.#images.pushImage(route, document)).made === undefined;
  }

  /** Gives the image the name by the digest that it has at the registry, unless it was removed meanwhile. */
  async #keep({ repository }: NameRecord, { descriptor, made, imageId }: PushedImage): Promise<void> {
    const { records, content, intake } = this.#context;
    if (records.get(imageId) === undefined) return intake.discard();
    const name = { repository, kind: 'digest', value: descriptor.digest } as const;
    if (made === undefined) return records.point(name, descriptor);
    const config = content.read(imageId);
    await intake.register({ config, documents: [made], target: descriptor, names: [name] });
  }

  #view(target: Descriptor, imageId: string): Descriptor {
    const view = this.#context.records.manifestsOf(target).find((one) => one.imageId === imageId);
    if (view === undefined) throw new EngineError('corrupt', `image ${imageId} has no manifest`);
    return view.descriptor;
  }

  #document(descriptor: Descriptor, target: Descriptor): PushedDocument {
    return { descriptor, origins: [descriptor, target].flatMap(({ digest }) => this.#originsOf(digest)) };
  }

  /** The repositories by whose digest a manifest or index is known here: they have had it. */
  #originsOf(digest: Digest): FormOrigin[] {
    const names = this.#context.records.names();
    return names.flatMap(({ kind, value, repository }) => {
      if (kind !== 'digest' || value !== digest) return [];
      const { domain, path } = parseReference(repository);
      return [{ domain, repository: path }];
    });
  }

  /** Where layers of these names may be mounted from. */
  #origins(names: readonly NameRecord[]): FormOrigin[] {
    const { records, forms } = this.#context;
    return names.flatMap(({ images, target }) => {
      const diffIds = images.flatMap((id) => records.get(id)?.config.rootfs.diff_ids ?? []);
      const known = diffIds.flatMap((diffId) => forms.of(diffId));
      return [
        ...known.flatMap(({ descriptor }) => forms.origins(descriptor.digest)),
        ...this.#originsOf(target),
      ];
    });
  }
}

function noSuchTag(name: Pick<NameRecord, 'repository' | 'kind' | 'value'>): EngineError {
  return new EngineError('notFound', `tag does not exist: ${familiarText(name)}`);
}
