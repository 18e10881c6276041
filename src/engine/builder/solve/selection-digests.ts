import { type Digest, digestOf } from '#base';
import { contentDigest } from '../copy/content-digest.ts';
import { select, selectedMembers, type Wanted } from '../copy/selection.ts';
import type { SourceTree } from './types.ts';

const mostKept = 1024;

/** Digests of what steps take from trees; those of trees whose identity is known are kept for later builds. */
export class SelectionDigests {
  readonly #kept = new Map<string, Digest>();

  /** @throws EngineError notFound, when there is no such source */
  async of(tree: SourceTree, wanted: Wanted, signal: AbortSignal): Promise<Digest> {
    const { identity } = tree;
    if (identity === undefined) return await digestSelection(tree.path, wanted, signal);
    const place = JSON.stringify([identity, wanted.source, wanted.excludes, wanted.parents]);
    const known = this.#kept.get(place) ?? (await digestSelection(tree.path, wanted, signal));
    this.#kept.delete(place);
    this.#kept.set(place, known);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > mostKept && oldest !== undefined) this.#kept.delete(oldest);
    return known;
  }
}

async function digestSelection(tree: string, wanted: Wanted, signal: AbortSignal): Promise<Digest> {
  const digests: unknown[] = [];
  for (const selection of select(tree, wanted)) {
    const { isDirectory, around } = selection;
    const members = selectedMembers(selection, wanted.excludes, signal);
    digests.push([isDirectory, around, await contentDigest(members)]);
  }
  return digestOf(JSON.stringify(digests));
}
