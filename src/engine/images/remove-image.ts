import { type ChainId, type Digest, EngineError } from '#base';
import type { Platform } from '#oci';
import { findImage, findImages } from './find-image.ts';
import type { ImageName, ImageRecord, NameRecord } from './image-records.ts';
import { chainIds } from './image-view.ts';
import { familiarText, shortId } from './names.ts';
import { type ImageRoom, labelsOf, tell } from './room.ts';
import type { RemoveOptions } from './types.ts';
import type { RemovedItem } from './views.ts';

/** What a removal works with. */
export type RemoveContext = Pick<ImageRoom, 'records' | 'usersOf' | 'publish'>;

/** What came of a removal. */
export interface Removed {
  readonly items: readonly RemovedItem[];
  /** Those that are not needed any more. */
  readonly documents: readonly Digest[];
}

/**
 * Takes a name away, and the images that no name leads to then; by ID one image, by an index's digest all of it, with
 * the names that lead to no other.
 * Documents and layers are the caller's to collect.
 * @throws EngineError conflict, with Docker's texts, when something still needs it
 */
export function removeImage(context: RemoveContext, nameOrId: string, options: RemoveOptions): Removed {
  const { force, platforms = [] } = options;
  const { images, name } = findImages(context.records, nameOrId);
  const removal = new Removal(context, force);
  if (platforms.length > 0) removal.byPlatforms(nameOrId, name, platforms);
  else if (name !== undefined) removal.byName(name, nameOrId);
  else removal.byIds(images);
  return removal;
}

class Removal implements Removed {
  readonly items: RemovedItem[] = [];
  readonly documents: Digest[] = [];
  readonly #context: RemoveContext;
  readonly #force: boolean;

  constructor(context: RemoveContext, force: boolean) {
    this.#context = context;
    this.#force = force;
  }

  byName(name: ImageName, asked: string): void {
    const images = this.#imagesOf(name);
    const used = images.find(({ id }) => this.#context.usersOf(id).length > 0);
    const [user] = used === undefined ? [] : this.#context.usersOf(used.id);
    if (!this.#force && used !== undefined && user !== undefined && isSingleReference(this.#names(used))) {
      throw new EngineError(
        'conflict',
        `conflict: unable to remove repository reference "${asked}" (must force) - ` +
          `container ${shortId(user.id)} is using its referenced image ${shortId(used.id)}`,
      );
    }
    const [meant] = images;
    if (meant === undefined) return;
    this.#untag(name, meant);
    for (const image of images) {
      if (name.kind === 'tag') this.#untagOrphanedDigests(name.repository, image);
      if (this.#names(image).length === 0 && this.#obstacle(image) === undefined) this.#delete(image);
    }
  }

  /** All of them or none. Names that lead to another image too stay. */
  byIds(images: readonly ImageRecord[]): void {
    const ids = new Set(images.map(({ id }) => id));
    const own = (image: ImageRecord) =>
      this.#names(image).filter((name) => name.images.every((id) => ids.has(id)));
    for (const image of images) {
      const obstacle = this.#obstacle(image);
      if (obstacle !== undefined) throw obstacle;
      if (this.#force || isSingleReference(own(image))) continue;
      throw conflict(image, 'must be forced', 'image is referenced in multiple repositories');
    }
    for (const image of images) {
      for (const name of own(image)) this.#untag(name, image);
    }
    for (const image of images) this.#delete(image);
  }

  /** Nothing is removed unless every platform is there. What leaves a name nothing to mean takes the name itself. */
  byPlatforms(nameOrId: string, name: NameRecord | undefined, platforms: readonly Platform[]): void {
    const found = platforms.map((platform) => findImage(this.#context.records, nameOrId, platform));
    const images = new Map(found.map((image) => [image.id, image]));
    if (name?.images.every((id) => images.has(id))) this.byName(name, nameOrId);
    else this.byIds([...images.values()]);
  }

  /** A running container always keeps its image, a stopped one unless it is forced. */
  #obstacle(image: ImageRecord): EngineError | undefined {
    const users = this.#context.usersOf(image.id);
    const running = users.find((user) => user.running);
    if (running !== undefined) {
      const reason = `image is being used by running container ${shortId(running.id)}`;
      return conflict(image, 'cannot be forced', reason);
    }
    const [stopped] = users;
    if (this.#force || stopped === undefined) return undefined;
    return conflict(
      image,
      'must be forced',
      `image is being used by stopped container ${shortId(stopped.id)}`,
    );
  }

  #untag(name: ImageName, image: ImageRecord): void {
    this.#context.records.removeName(name);
    this.items.push({ kind: 'untagged', reference: familiarText(name) });
    tell(this.#context, 'untag', image.id, image.id, labelsOf(image));
  }

  /** Digests of a repository of which no tag is left go with the last tag. */
  #untagOrphanedDigests(repository: string, image: ImageRecord): void {
    const names = this.#names(image).filter((name) => name.repository === repository);
    if (names.some(({ kind }) => kind === 'tag')) return;
    for (const name of names) this.#untag(name, image);
  }

  #delete(image: ImageRecord): void {
    this.documents.push(...this.#context.records.remove(image.id));
    this.items.push({ kind: 'deleted', digest: image.id });
    tell(this.#context, 'delete', image.id, image.id);
    for (const chain of this.#chainsOnlyOf(image)) this.items.push({ kind: 'deleted', digest: chain });
  }

  /** The layer stacks that no other image begins with, from top to bottom. */
  #chainsOnlyOf(image: ImageRecord): ChainId[] {
    const [bottom] = image.config.rootfs.diff_ids;
    const others = this.#context.records.all().filter(({ config }) => config.rootfs.diff_ids[0] === bottom);
    const kept = new Set(others.flatMap(chainIds));
    return chainIds(image)
      .reverse()
      .filter((chain) => !kept.has(chain));
  }

  #names({ id }: ImageRecord): readonly NameRecord[] {
    return this.#context.records.names(id);
  }

  #imagesOf(name: ImageName): ImageRecord[] {
    const { records } = this.#context;
    return (records.name(name)?.images ?? []).flatMap((id) => records.get(id) ?? []);
  }
}

function conflict({ id }: ImageRecord, remedy: string, reason: string): EngineError {
  return new EngineError('conflict', `conflict: unable to delete ${shortId(id)} (${remedy}) - ${reason}`);
}

/** At most one tag, and digests of the same repository only. */
function isSingleReference(names: readonly ImageName[]): boolean {
  const tags = names.filter(({ kind }) => kind === 'tag');
  return tags.length <= 1 && new Set(names.map(({ repository }) => repository)).size <= 1;
}
