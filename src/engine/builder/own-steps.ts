import { randomUUID } from 'node:crypto';
import { type Digest, digestOf, errorMessage, nowNs } from '#base';
import type { OnBuildEvent } from './solve/types.ts';

/** Tells how far one part of a step is; what comes too soon after the last time is not told. */
export type Measure = (id: string, current: number, total?: number, completed?: boolean) => void;

const pauseMs = 100;

/** Tells of what a build does beside the steps of its Dockerfile, as it tells of those. */
export class OwnSteps {
  readonly #tell: OnBuildEvent;
  /** Equal names in other builds are other steps. */
  readonly #build = randomUUID();

  constructor(tell: OnBuildEvent) {
    this.#tell = tell;
  }

  /** What events call a step. */
  digestOf(name: string): Digest {
    return digestOf(`${this.#build} ${name}`);
  }

  /** Does one step and tells of it. @throws what the work throws */
  async run<T>(name: string, work: (measure: Measure) => Promise<T>): Promise<T> {
    const digest = this.digestOf(name);
    const startedNs = nowNs();
    const step = { kind: 'vertex', digest, name, inputs: [], startedNs } as const;
    this.#tell(step);
    try {
      const result = await work(measureOf(digest, this.#tell));
      this.#tell({ ...step, completedNs: nowNs() });
      return result;
    } catch (error) {
      this.#tell({ ...step, completedNs: nowNs(), error: errorMessage(error) });
      throw error;
    }
  }
}

/** For the parts of one step. */
export function measureOf(vertex: Digest, tell: OnBuildEvent): Measure {
  const told = new Map<string, number>();
  return (id, current, total = 0, completed = false) => {
    const now = performance.now();
    if (!completed && now - (told.get(id) ?? -pauseMs) < pauseMs) return;
    told.set(id, now);
    tell({ kind: 'progress', vertex, id, current, total, completed });
  };
}
