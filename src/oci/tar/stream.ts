import { TarReader } from './reader.ts';
import type { TarEntry } from './types.ts';

/** What an archive holds, in order: a member, and then its stored bytes in pieces. */
export type TarStreamItem =
  | { readonly kind: 'entry'; readonly entry: TarEntry }
  /** Valid until the next item is asked for. */
  | { readonly kind: 'content'; readonly piece: Uint8Array };

/** Members of an archive and their contents, in order. */
export type TarMembers = AsyncIterable<TarStreamItem>;

export interface TarStreamOptions {
  /** Whether an archive without its end mark is refused: nothing at all is not taken for one that is empty. */
  readonly needsMark?: boolean;
}

/** Reads an archive from a stream, as fast as its items are taken. @throws EngineError invalid */
export async function* readTarStream(
  source: AsyncIterable<Uint8Array>,
  { needsMark = false }: TarStreamOptions = {},
): AsyncGenerator<TarStreamItem> {
  let items: TarStreamItem[] = [];
  const reader = new TarReader({
    entry: (entry) => items.push({ kind: 'entry', entry }),
    content: (piece) => items.push({ kind: 'content', piece }),
  });
  for await (const chunk of source) {
    reader.push(chunk);
    yield* items;
    items = [];
  }
  reader.finish(needsMark);
}
