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
  /** While it runs. */
  task: ExecTask | undefined;
  /** 0 before it started; stays when it has ended. */
  pid: number;
  exitCode: number | undefined;
}

/** The execs that this daemon knows. */
export class Execs {
  readonly #byId = new Map<string, Exec>();
  readonly #onForget: (exec: Exec) => void;

  /** `onForget` is called for each exec that can't be asked for any more. */
  constructor(onForget: (exec: Exec) => void) {
    this.#onForget = onForget;
  }

  /** Notes an exec, with an id of its own or one that it has already. */
  add(containerId: ContainerId, config: ExecConfig, id = randomBytes(32).toString('hex')): Exec {
    const exec: Exec = {
      id,
      containerId,
      config,
      started: false,
      starting: undefined,
      task: undefined,
      pid: 0,
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

  /** Notes the beginning of its process. */
  run(exec: Exec, task: ExecTask): void {
    exec.started = true;
    exec.task = task;
    exec.pid = task.pid;
  }

  /** Notes the end, and forgets the exec after a while. */
  end(exec: Exec, exitCode: number): void {
    exec.exitCode = exitCode;
    exec.task = undefined;
    setTimeout(() => this.#forget(exec), keepMs).unref();
  }

  /** Forgets the execs of a container that is gone. */
  deleteOf(containerId: ContainerId): void {
    for (const exec of this.#byId.values()) {
      if (exec.containerId === containerId) this.#forget(exec);
    }
  }

  #forget(exec: Exec): void {
    if (this.#byId.delete(exec.id)) this.#onForget(exec);
  }
}

/** `user` is who a process runs as that names nobody. */
export function viewOf(exec: Exec, user: string): ExecView {
  const { id, containerId, task, pid, exitCode } = exec;
  const config = { ...exec.config, user: exec.config.user || user };
  return { id, containerId, config, exitCode, running: task !== undefined, pid };
}
