import { randomBytes } from 'node:crypto';
import { messages } from '#api';
import { EngineError } from '#base';
import type { ExecTask } from '#task';
import type { ContainerId, ExecConfig, ExecView } from '../types.ts';

/** How long an exec that ended can still be inspected: clients ask after the stream's end. */
const keepMs = 5 * 60_000;

/** A further process in a container, from its creation to some time after its end. */
export interface Exec {
  readonly id: string;
  readonly containerId: ContainerId;
  readonly config: ExecConfig;
  started: boolean;
  /** Resolves when the process runs, or has failed to. */
  starting: Promise<unknown> | undefined;
  task: ExecTask | undefined;
  exitCode: number | undefined;
}

/** The execs of this daemon's life. */
export class Execs {
  readonly #byId = new Map<string, Exec>();

  add(containerId: ContainerId, config: ExecConfig): Exec {
    const id = randomBytes(32).toString('hex');
    const exec: Exec = {
      id,
      containerId,
      config,
      started: false,
      starting: undefined,
      task: undefined,
      exitCode: undefined,
    };
    this.#byId.set(id, exec);
    return exec;
  }

  /** By id or unique start of one. @throws EngineError notFound */
  find(ref: string): Exec {
    const exact = this.#byId.get(ref);
    if (exact !== undefined) return exact;
    const matches = ref === '' ? [] : [...this.#byId.values()].filter(({ id }) => id.startsWith(ref));
    if (matches[0] === undefined || matches.length > 1) {
      throw new EngineError('notFound', messages.noSuchExec(ref));
    }
    return matches[0];
  }

  of(containerId: ContainerId): Exec[] {
    return [...this.#byId.values()].filter(
      (exec) => exec.containerId === containerId && exec.exitCode === undefined,
    );
  }

  /** Notes the end, and forgets the exec after a while. */
  end(exec: Exec, exitCode: number): void {
    exec.exitCode = exitCode;
    exec.task = undefined;
    setTimeout(() => this.#byId.delete(exec.id), keepMs).unref();
  }

  /** Forgets the execs of a container that is gone. */
  deleteOf(containerId: ContainerId): void {
    for (const exec of this.#byId.values()) {
      if (exec.containerId === containerId) this.#byId.delete(exec.id);
    }
  }
}

export function viewOf(exec: Exec): ExecView {
  const { id, containerId, config, task, exitCode } = exec;
  return { id, containerId, config, exitCode, running: task !== undefined, pid: task?.pid ?? 0 };
}
