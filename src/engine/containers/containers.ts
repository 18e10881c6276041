import { EngineError, KeyedLock } from '#base';
import type { VolumeUsers } from '#engine/volumes';
import { archiveVerbs } from './archive/verbs.ts';
import { conversationVerbs } from './attach/verbs.ts';
import { commitVerbs } from './commit/verbs.ts';
import type { ContainerContext, ContainerRooms } from './context.ts';
import { Execs } from './exec/exec.ts';
import { removeExecFile } from './exec/exec-file.ts';
import { execVerbs } from './exec/verbs.ts';
import { Monitors } from './health/monitor.ts';
import { OomWatches } from './lifecycle/oom.ts';
import { reconcile } from './lifecycle/reconcile.ts';
import { lifecycleVerbs } from './lifecycle/verbs.ts';
import { viewVerbs } from './list/verbs.ts';
import { Live } from './live.ts';
import { LogFiles } from './logs/files/log-files.ts';
import { LogPacking } from './logs/log-packing.ts';
import { LogShipping } from './logs/log-shipping.ts';
import { membershipVerbs } from './membership/verbs.ts';
import { Records } from './records.ts';
import { Restarts } from './restart/restarts.ts';
import { startAfterBackOff } from './restart/start-again.ts';
import { SecretFiles } from './secrets/secret-files.ts';
import { isLive } from './state.ts';
import { StateWatch } from './state-watch.ts';
import { usageVerbs } from './stats/verbs.ts';
import { runStep } from './step/run-step.ts';
import type { FinishedStep, StepRequest } from './step/types.ts';
import type { Containers } from './types.ts';
import { updateVerbs } from './update/verbs.ts';
import { volumeUsers } from './volume-users.ts';

/** A container that was made from an image. */
export interface ImageUse {
  readonly id: string;
  readonly running: boolean;
}

/** The containers of a daemon, with what only the daemon calls. Disposing lets go of live ones; they go on. */
export interface ContainerEngine extends Containers, AsyncDisposable {
  /** First call: makes the records agree with what an earlier daemon left. */
  reconcile(): Promise<void>;
  usersOfImage(imageId: string): ImageUse[];
  /** Names of the containers that get the secret or config of that id. */
  usersOfSecret(id: string): string[];
  readonly volumeUsers: VolumeUsers;
  /** Runs one command of a build; see runStep(). */
  runStep(request: StepRequest, signal: AbortSignal): Promise<FinishedStep>;
}

export function createContainers(rooms: ContainerRooms): ContainerEngine {
  const closing = new AbortController();
  const context: ContainerContext = {
    ...rooms,
    records: new Records(rooms.metadata),
    lock: new KeyedLock(),
    live: new Live(),
    logFiles: new LogFiles(),
    logPacking: new LogPacking(),
    logShipping: new LogShipping(),
    oomWatches: new OomWatches(),
    restarts: new Restarts((id) => startAfterBackOff(context, id)),
    execs: new Execs((exec) => removeExecFile(rooms.settings, exec)),
    monitors: new Monitors(),
    secretFiles: new SecretFiles({ secrets: rooms.secrets, execRoot: rooms.settings.execRoot }),
    watch: new StateWatch(),
    closing: closing.signal,
  };
  return {
    ...lifecycleVerbs(context),
    ...viewVerbs(context),
    ...conversationVerbs(context),
    ...execVerbs(context),
    ...usageVerbs(context),
    ...archiveVerbs(context),
    ...membershipVerbs(context),
    ...updateVerbs(context),
    ...commitVerbs(context),
    reconcile: () => reconcile(context),
    usersOfImage: (imageId) => usersOf(context, imageId),
    usersOfSecret: (id) => usersOfSecret(context, id),
    volumeUsers: volumeUsers(context),
    runStep: (request, signal) => runStep(context, request, signal),
    async [Symbol.asyncDispose]() {
      context.monitors.stopAll();
      closing.abort(new EngineError('unavailable', 'the daemon is shutting down'));
      await context.restarts[Symbol.asyncDispose]();
      context.oomWatches[Symbol.dispose]();
      context.logPacking[Symbol.dispose]();
      await context.logShipping.allDone();
      await context.live.allCleared();
      const live = [...context.live.all()];
      for (const { task } of live) task.close();
      if (live.length === 0) context.secretFiles.clear();
    },
  };
}

function usersOf({ records }: ContainerContext, imageId: string): ImageUse[] {
  return records
    .all()
    .filter(({ image }) => image.id === imageId)
    .map(({ id, state }) => ({ id, running: isLive(state) }));
}

function usersOfSecret({ records }: ContainerContext, secretId: string): string[] {
  return records
    .all()
    .filter(({ secrets = [] }) => secrets.some(({ id }) => id === secretId))
    .map(({ name }) => name);
}
