import { constants } from 'node:fs';
import { messages } from '#api';
import { EngineError, errnoOf } from '#base';
import { type OpenDescriptor, openConfined } from '#linux';
import { pidOf } from '../state.ts';
import type { ContainerRecord } from '../types.ts';

const currentDirectory = -100;

/** Opens a directory of the host by a trusted path. */
export function openDirectory(path: string): OpenDescriptor {
  return openConfined({
    directory: currentDirectory,
    path,
    flags: constants.O_RDONLY | constants.O_DIRECTORY,
    // A trusted path may lead through /proc's links and anywhere.
    resolve: 0,
  });
}

/** Opens a live container's root as its process has it. @throws EngineError conflict, when it has just ended */
export function openLiveRoot({ id, state }: ContainerRecord): OpenDescriptor {
  try {
    return openDirectory(`/proc/${pidOf(state)}/root`);
  } catch (cause) {
    if (errnoOf(cause) !== 'ENOENT') throw cause;
    throw new EngineError('conflict', messages.notRunning(id), { cause });
  }
}
