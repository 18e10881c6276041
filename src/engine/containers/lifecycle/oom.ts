import { errorMessage } from '#base';
import { watchOom } from '#linux';
import type { ContainerContext } from '../context.ts';
import { publish } from '../publish.ts';
import type { ContainerId, ContainerRecord } from '../types.ts';
import { cgroupOf } from './cgroup-path.ts';

/** The watches for want of memory in live containers. Disposing ends them. */
export class OomWatches implements Disposable {
  readonly #watches = new Map<ContainerId, Disposable>();
  readonly #told = new Set<ContainerId>();

  /** Publishes every killing for want of memory in a container from now on, until end(). */
  begin(context: ContainerContext, record: ContainerRecord): void {
    const { id } = record;
    const tell = () => {
      this.#told.add(id);
      publish(context, context.records.get(id) ?? record, 'oom');
    };
    try {
      this.#watches.set(id, watchOom(cgroupOf(context, record), tell));
    } catch (error) {
      context.log.debug('memory is not watched', { id, error: errorMessage(error) });
    }
  }

  hasTold(id: ContainerId): boolean {
    return this.#told.has(id);
  }

  end(id: ContainerId): void {
    this.#watches.get(id)?.[Symbol.dispose]();
    this.#watches.delete(id);
    this.#told.delete(id);
  }

  [Symbol.dispose](): void {
    for (const id of [...this.#watches.keys()]) this.end(id);
  }
}
