import { randomUUID } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ContainerEngine } from '#engine/containers';
import { encodeTar, type TarMembers } from '#oci';
import type { Layers } from '#store/snapshots';
import type { RunVertex } from '../graph/types.ts';
import { clampTimes } from '../solve/clamp-times.ts';
import { StepFailure } from '../solve/step-failure.ts';
import type { HeldLayer, ReadyRun, StepRunner } from '../solve/types.ts';
import type { CacheMounts } from './cache-mounts.ts';
import { prepareMounts } from './step-mounts.ts';

export interface CommandRunnerParts {
  readonly containers: Pick<ContainerEngine, 'runStep'>;
  readonly layers: Layers;
  readonly caches: CacheMounts;
  /** A directory in memory: secrets never reach a disk. What an earlier daemon left in it is removed. */
  readonly memoryRoot: string;
  /** One on the disk, likewise, for copies that commands write to. */
  readonly scratchRoot: string;
}

/** Runs commands as the engine runs containers, and keeps what they wrote. */
export class CommandRunner implements StepRunner {
  readonly #parts: CommandRunnerParts;

  constructor(parts: CommandRunnerParts) {
    this.#parts = parts;
    for (const root of [parts.memoryRoot, parts.scratchRoot]) rmSync(root, { recursive: true, force: true });
  }

  async run(
    { vertex, root, mounts, hostConfig, epochSeconds, onOutput }: ReadyRun,
    signal: AbortSignal,
  ): Promise<HeldLayer> {
    await using undo = new AsyncDisposableStack();
    const { caches, memoryRoot, scratchRoot } = this.#parts;
    const id = randomUUID();
    const folder = join(memoryRoot, id);
    const scratch = join(scratchRoot, id);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    undo.defer(() => rm(folder, { recursive: true, force: true }));
    undo.defer(() => rm(scratch, { recursive: true, force: true }));
    const plan = await prepareMounts(vertex, mounts, { caches, folder, scratch, undo, signal });
    const request = {
      layers: root,
      argv: vertex.args,
      env: [...vertex.env, ...vertex.hiddenEnv, ...plan.env],
      user: vertex.user,
      workingDir: vertex.workingDir,
      mounts: plan.mounts,
      hostConfig: { ...hostConfig, ...confinementOf(vertex) },
      onOutput,
    };
    await using finished = await this.#parts.containers.runStep(request, signal);
    if (finished.exitCode !== 0) throw new StepFailure(vertex.args, finished.exitCode);
    return await this.#keep(clampTimes(finished.changes(), epochSeconds), signal);
  }

  async #keep(changes: TarMembers, signal: AbortSignal): Promise<HeldLayer> {
    await using undo = new AsyncDisposableStack();
    const ingest = undo.use(await this.#parts.layers.ingest({}, signal));
    for await (const piece of encodeTar(changes)) await ingest.write(piece);
    const { diffId } = await ingest.finish();
    const held = undo.move();
    return { diffId, [Symbol.asyncDispose]: () => held.disposeAsync() };
  }
}

function confinementOf({ network, security }: RunVertex): Readonly<Record<string, unknown>> {
  return {
    ...(network !== 'default' && { NetworkMode: network }),
    ...(security === 'insecure' && { Privileged: true }),
  };
}
