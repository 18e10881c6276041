import type { ContainerWaitResponse, WaitCondition } from '#api';
import type { Caller } from '../caller/index.ts';
import { containerPost } from '../container/path.ts';
import type { Session } from '../session.ts';

/** The exit code of a client whose daemon could not do what it was asked. */
export const daemonFailureCode = 125;

/** A wait that the daemon has taken note of. */
export interface PendingExit {
  /** The container's exit code. */
  readonly code: Promise<number>;
  cancel(): void;
}

/** Begins to wait for a container's end; returns when the daemon watches it, so that no end is missed. */
export async function watchExit(
  { caller, client }: Pick<Session, 'caller' | 'client'>,
  containerId: string,
  condition: WaitCondition,
): Promise<PendingExit> {
  const response = await client.send(containerPost(containerId, 'wait', { condition }));
  let cancelled = false;
  const code = response.text().then(
    (json) => readExitCode(caller, json),
    (error: Error) => {
      if (!cancelled) caller.writeError(`error waiting for container: ${error.message}\n`);
      return daemonFailureCode;
    },
  );
  const cancel = () => {
    cancelled = true;
    response.cancel();
  };
  return { code, cancel };
}

function readExitCode(caller: Caller, json: string): number {
  const { StatusCode, Error: failure } = JSON.parse(json) as ContainerWaitResponse;
  if (!failure) return StatusCode;
  caller.writeError(`Error waiting for container: ${failure.Message}\n`);
  return daemonFailureCode;
}
