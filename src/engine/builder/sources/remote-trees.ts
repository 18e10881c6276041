import { randomUUID } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { GitVertex, HttpVertex } from '../graph/types.ts';
import type { SourceTree } from '../solve/types.ts';
import { checkOut } from './checkout.ts';
import { download } from './download.ts';

/** What builds download: each in a folder of its own, for as long as somebody uses it. */
export class RemoteTrees {
  readonly #root: string;

  /** @param root a directory of the data root; what an earlier daemon left in it is removed */
  constructor(root: string) {
    this.#root = root;
    rmSync(root, { recursive: true, force: true });
  }

  /** @throws EngineError, when it can't be had or is not what it should be; the signal's reason */
  async open(vertex: GitVertex | HttpVertex, signal: AbortSignal): Promise<SourceTree> {
    const folder = join(this.#root, randomUUID());
    await using undo = new AsyncDisposableStack();
    mkdirSync(folder, { recursive: true, mode: 0o711 });
    undo.defer(() => rm(folder, { recursive: true, force: true }));
    const tree = await fetchInto(vertex, folder, signal);
    const held = undo.move();
    return { ...tree, [Symbol.asyncDispose]: () => held.disposeAsync() };
  }
}

async function fetchInto(
  vertex: GitVertex | HttpVertex,
  folder: string,
  signal: AbortSignal,
): Promise<Pick<SourceTree, 'path' | 'identity'>> {
  if (vertex.op === 'http') {
    await download(vertex, join(folder, vertex.fileName), signal);
    return { path: folder };
  }
  const { path, commit } = await checkOut(vertex, join(folder, 'checkout'), signal);
  const { subdirectory, keepGitDir } = vertex;
  return { path, ...(!keepGitDir && { identity: `git ${commit} ${subdirectory}` }) };
}
