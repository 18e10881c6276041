import { randomUUID } from 'node:crypto';
import type { DiffId } from '#base';
import type { Snapshots } from '#store/snapshots';
import type { SourceTree } from './types.ts';

/** Roots that steps look into: stacks of layers, mounted read-only for as long as somebody reads. */
export class RootViews {
  readonly #snapshots: Snapshots;

  constructor(snapshots: Snapshots) {
    this.#snapshots = snapshots;
  }

  /** @param layers bottom to top, held by the caller */
  async open(layers: readonly DiffId[]): Promise<SourceTree & { readonly identity: string }> {
    await using undo = new AsyncDisposableStack();
    const key = `build-${randomUUID()}`;
    await this.#snapshots.prepare(key, layers);
    undo.defer(() => this.#snapshots.remove(key));
    const view = undo.use(await this.#snapshots.view(key, 'layers'));
    const held = undo.move();
    return {
      path: view.path,
      identity: layers.join(' '),
      [Symbol.asyncDispose]: () => held.disposeAsync(),
    };
  }
}
