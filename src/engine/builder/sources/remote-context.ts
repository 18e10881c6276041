import { createReadStream } from 'node:fs';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { EngineError } from '#base';
import { isArchive } from '../copy/unpack.ts';
import { remoteSource } from '../plan/remote-source.ts';
import type { SourceTree } from '../solve/types.ts';
import type { RemoteTrees } from './remote-trees.ts';

/**
 * A context that an address leads to: a git repository, an archive, or a Dockerfile alone.
 * @param openArchive takes in an archive
 * @throws EngineError invalid, for what is no such address; as RemoteTrees.open()
 */
export async function openRemoteContext(
  address: string,
  trees: RemoteTrees,
  {
    openArchive,
    signal,
  }: {
    readonly openArchive: (tar: AsyncIterable<Uint8Array>) => Promise<SourceTree>;
    readonly signal: AbortSignal;
  },
): Promise<SourceTree> {
  const source = remoteSource(address, { checksum: undefined, keepGitDir: undefined });
  if (source === undefined) throw new EngineError('invalid', `remote context is no address: ${address}`);
  await using undo = new AsyncDisposableStack();
  const tree = undo.use(await trees.open(source, signal));
  if (source.op === 'http') {
    const path = join(tree.path, source.fileName);
    if (await isArchive(path)) return await openArchive(createReadStream(path));
    await rename(path, join(tree.path, 'Dockerfile'));
  }
  const held = undo.move();
  return { ...tree, [Symbol.asyncDispose]: () => held.disposeAsync() };
}
