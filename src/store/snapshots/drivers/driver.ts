import type { DiffId } from '#base';

/** One way to make layers visible as directories of the host, for overlayfs to stack. */
export interface LayerDriver {
  readonly name: 'erofs' | 'unpack';
  /** What `docker info` shows of it. */
  readonly status: readonly (readonly [name: string, value: string])[];
  /** The directory with the layer's files, in overlayfs form; makes it when it is not there. Cheap when it is. */
  lower(diffId: DiffId): Promise<string>;
  /** Lets go of a layer whose files are about to be removed. */
  forget(diffId: DiffId): void;
  /** The layer's files were replaced by sound ones: what is stacked from now on shows those. */
  renew(diffId: DiffId): void;
  /** Takes all layers off the host's mount table; they come back when they are asked for. */
  unmountAll(): void;
  /** Removes what is left of layers that are no longer here. */
  reconcile(isKept: (diffId: DiffId) => boolean): Promise<void>;
}
