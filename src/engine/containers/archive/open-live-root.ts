import { messages } from '#api';
import { EngineError, errnoOf } from '#base';
import type { OpenDescriptor } from '#linux';
import { openDirectory } from '#tree';
import { pidOf } from '../state.ts';
import type { ContainerRecord } from '../types.ts';

/** Opens a live container's root as its process has it. @throws EngineError conflict, when it has just ended */
export function openLiveRoot({ id, state }: ContainerRecord): OpenDescriptor {
  try {
    return openDirectory(`/proc/${pidOf(state)}/root`);
  } catch (cause) {
    if (errnoOf(cause) !== 'ENOENT') throw cause;
    throw new EngineError('conflict', messages.notRunning(id), { cause });
  }
}
