import { EngineError } from '#base';
import type { Handlers } from './types.ts';

type CheckpointOperation = 'checkpointList' | 'checkpointCreate' | 'checkpointRemove';

/** Saving a process to disk needs CRIU, which no engine has unless it is told to experiment. */
export function checkpointHandlers(): Handlers<CheckpointOperation> {
  const refuse = async (): Promise<never> => {
    throw new EngineError(
      'notImplemented',
      'This experimental feature is disabled by default. Start the Docker daemon in experimental mode in order to enable it.',
    );
  };
  return { checkpointList: refuse, checkpointCreate: refuse, checkpointRemove: refuse };
}
