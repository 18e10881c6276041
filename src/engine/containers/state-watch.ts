import type { ContainerId, ContainerState } from './types.ts';

/** What a watcher is told: a new state, or that the container is gone. */
export type StateChange = ContainerState | 'removed';
type Watcher = (change: StateChange) => void;

/** Tells those who wait for a container what becomes of it. */
export class StateWatch {
  readonly #watchers = new Map<ContainerId, Set<Watcher>>();

  notify(id: ContainerId, change: StateChange): void {
    for (const watcher of [...(this.#watchers.get(id) ?? [])]) watcher(change);
  }

  /** Resolves at the first change that passes, undefined when the signal comes first. */
  until(
    id: ContainerId,
    passes: (change: StateChange) => boolean,
    signal: AbortSignal,
  ): Promise<StateChange | undefined> {
    if (signal.aborted) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      const settle = (change: StateChange | undefined) => {
        this.#remove(id, watcher);
        signal.removeEventListener('abort', onAbort);
        resolve(change);
      };
      const onAbort = () => settle(undefined);
      const watcher = (change: StateChange) => {
        if (passes(change)) settle(change);
      };
      signal.addEventListener('abort', onAbort, { once: true });
      this.#add(id, watcher);
    });
  }

  #add(id: ContainerId, watcher: Watcher): void {
    const watchers = this.#watchers.get(id) ?? new Set();
    this.#watchers.set(id, watchers.add(watcher));
  }

  #remove(id: ContainerId, watcher: Watcher): void {
    const watchers = this.#watchers.get(id);
    watchers?.delete(watcher);
    if (watchers?.size === 0) this.#watchers.delete(id);
  }
}
