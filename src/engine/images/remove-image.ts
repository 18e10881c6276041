import { type Digest, EngineError } from '#base';
import { parseReference } from '#oci';
import { findImage, isIdOf } from './find-image.ts';
import type { ImageName, ImageRecord, ImageRecords } from './image-records.ts';
import { chainIds } from './image-view.ts';
import { familiarText, nameOf, shortId } from './names.ts';
import type { ImageUser, RemovedItem, RemoveOptions } from './types.ts';

export interface RemoveContext {
  readonly records: ImageRecords;
  usersOf(id: Digest): readonly ImageUser[];
}

/**
 * Takes a name of an image away, and with the last one the image; by ID, all names of one repository at once.
 * Answers what happened, and the documents that are not needed any more; layers are the caller's to collect.
 * @throws EngineError conflict, with Docker's texts, when something still needs it
 */
export function removeImage(
  context: RemoveContext,
  nameOrId: string,
  { force }: RemoveOptions,
): { readonly items: RemovedItem[]; readonly documents: readonly Digest[]; readonly id: Digest } {
  const record = findImage(context.records, nameOrId);
  const { id } = record;
  const removal = new Removal(context, record, force);
  if (isIdOf(id, nameOrId)) removal.byId();
  else removal.byName(nameOf(parseReference(nameOrId)), nameOrId);
  return { items: removal.items, documents: removal.documents, id };
}

class Removal {
  readonly items: RemovedItem[] = [];
  documents: readonly Digest[] = [];
  readonly #context: RemoveContext;
  readonly #record: ImageRecord;
  readonly #force: boolean;

  constructor(context: RemoveContext, record: ImageRecord, force: boolean) {
    this.#context = context;
    this.#record = record;
    this.#force = force;
  }

  byName(name: ImageName, asked: string): void {
    const [user] = this.#users();
    if (!this.#force && isSingleReference(this.#names()) && user !== undefined) {
      throw new EngineError(
        'conflict',
        `conflict: unable to remove repository reference "${asked}" (must force) - ` +
          `container ${shortId(user.id)} is using its referenced image ${shortId(this.#record.id)}`,
      );
    }
    this.#untag(name);
    if (name.kind === 'tag') this.#untagOrphanedDigests(name.repository);
    if (this.#names().length === 0 && this.#obstacle() === undefined) this.#delete();
  }

  byId(): void {
    const obstacle = this.#obstacle();
    if (obstacle !== undefined) throw obstacle;
    if (!this.#force && !isSingleReference(this.#names())) {
      throw this.#conflict('must be forced', 'image is referenced in multiple repositories');
    }
    for (const name of this.#names()) this.#untag(name);
    this.#delete();
  }

  /** A running container always keeps its image, a stopped one unless it is forced. */
  #obstacle(): EngineError | undefined {
    const running = this.#users().find((user) => user.running);
    if (running !== undefined) {
      return this.#conflict(
        'cannot be forced',
        `image is being used by running container ${shortId(running.id)}`,
      );
    }
    const [stopped] = this.#users();
    if (this.#force || stopped === undefined) return undefined;
    return this.#conflict(
      'must be forced',
      `image is being used by stopped container ${shortId(stopped.id)}`,
    );
  }

  #conflict(remedy: string, reason: string): EngineError {
    const short = shortId(this.#record.id);
    return new EngineError('conflict', `conflict: unable to delete ${short} (${remedy}) - ${reason}`);
  }

  #untag(name: ImageName): void {
    this.#context.records.removeName(name);
    this.items.push({ kind: 'untagged', reference: familiarText(name) });
  }

  /** Digests of a repository of which no tag is left go with the last tag. */
  #untagOrphanedDigests(repository: string): void {
    const names = this.#names().filter((name) => name.repository === repository);
    if (names.some(({ kind }) => kind === 'tag')) return;
    for (const name of names) this.#untag(name);
  }

  #delete(): void {
    const { records } = this.#context;
    const chains = chainIds(this.#record);
    this.documents = records.remove(this.#record.id);
    this.items.push({ kind: 'deleted', digest: this.#record.id });
    const kept = new Set(records.all().flatMap(chainIds));
    for (const chain of chains.reverse()) {
      if (!kept.has(chain)) this.items.push({ kind: 'deleted', digest: chain });
    }
  }

  #names(): readonly ImageName[] {
    return this.#context.records.names(this.#record.id);
  }

  #users(): readonly ImageUser[] {
    return this.#context.usersOf(this.#record.id);
  }
}

/** At most one tag, and digests of the same repository only. */
function isSingleReference(names: readonly ImageName[]): boolean {
  const tags = names.filter(({ kind }) => kind === 'tag');
  return tags.length <= 1 && new Set(names.map(({ repository }) => repository)).size <= 1;
}
