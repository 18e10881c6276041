import type { ContainerConfig } from '#api';
import type { HijackedStream } from '#client';
import { atLeast, defineCommand, ExitError } from '../command.ts';
import { bool, text } from '../flags/index.ts';
import type { Session } from '../session.ts';
import { Detached, defaultDetachKeys } from '../stream/detach-keys.ts';
import { type PendingExit, watchExit } from '../stream/exit-status.ts';
import { interact } from '../stream/interact.ts';
import { followTerminalSize } from '../stream/resize.ts';
import { forwardSignals, toContainer } from '../stream/signals.ts';
import { checkTerminal } from './attach.ts';
import { attachStream } from './attach-stream.ts';
import { type CreateRules, createContainer } from './create-container.ts';
import {
  type CreateValues,
  createFlags,
  namesFiles,
  parseRun,
  type RunRequest,
} from './create-options/index.ts';
import { containerPath, containerPost } from './path.ts';
import { asRunFailure, checkPull, startFailureCode } from './run-failure.ts';
import { surroundings } from './surroundings.ts';

export const command = defineCommand({
  synopsis: ['[OPTIONS] IMAGE [COMMAND] [ARG...]'],
  operands: atLeast(1),
  flagsFirst: true,
  flags: {
    ...createFlags,
    detach: bool('Run container in background and print container ID', 'd'),
    'detach-keys': text('Override the key sequence for detaching a container'),
    pull: text('Pull image before running ("always", "missing", "never")', { initial: 'missing' }),
    'sig-proxy': bool('Proxy received signals to the process', undefined, true),
  },
  warm: ({ values }) => !namesFiles(values) && (values.detach || !usesTerminal(values)),
  async run(session, input) {
    const { values } = input;
    if (values.detach && values.attach.length > 0) {
      throw new ExitError(1, 'conflicting options: cannot specify both --attach and --detach');
    }
    try {
      checkPull(values.pull);
      const parsed = parseRun(input, input.operands, surroundings(session));
      const request = values.detach ? detached(parsed) : parsed;
      if (!values.detach) checkTerminal(session.caller, request.body.AttachStdin, request.body.Tty);
      const id = await create(session, request, { pull: values.pull, quiet: values.quiet });
      const detachKeys = values['detach-keys'] || session.config.detachKeys || '';
      const run: Run = { session, id, request, detachKeys, forwards: values['sig-proxy'] };
      return await (values.detach ? startDetached(run) : startAttached(run));
    } catch (error) {
      throw asRunFailure(error, session);
    }
  },
});

/** True when our own standard input or terminal become the container's. */
function usesTerminal({ interactive, tty, attach }: CreateValues): boolean {
  return interactive || tty || attach.includes('stdin');
}

interface Run {
  readonly session: Session;
  readonly id: string;
  readonly request: RunRequest;
  readonly detachKeys: string;
  readonly forwards: boolean;
}

async function create(session: Session, request: RunRequest, rules: CreateRules): Promise<string> {
  try {
    return await createContainer(session, request, rules);
  } catch (error) {
    throw asRunFailure(error, session, startFailureCode(error));
  }
}

/** The request of a container that nobody attaches to. */
function detached(request: RunRequest): RunRequest {
  const none = { AttachStdin: false, AttachStdout: false, AttachStderr: false, StdinOnce: false };
  return { ...request, body: { ...request.body, ...none } };
}

/** Prints the id also of a container that could not start: it is there. */
async function startDetached({ session, id }: Run): Promise<number> {
  try {
    await session.client.call(containerPost(id, 'start'));
  } catch (error) {
    throw asRunFailure(error, session, startFailureCode(error));
  } finally {
    session.caller.writeOut(`${id}\n`);
  }
  return 0;
}

/** Attaches, begins to wait, starts, and stays until the output and the container have ended. */
async function startAttached(run: Run): Promise<number> {
  const { session, id, request, detachKeys } = run;
  const { caller, client } = session;
  const { AttachStdin: stdin, Tty: tty } = request.body;
  if (run.forwards) forwardSignals(caller, toContainer(client, id), tty);
  const condition = request.body.HostConfig.AutoRemove ? 'removed' : 'next-exit';
  const [stream, exit] = await Promise.all([attach(run, request.body), watchExit(session, id, condition)]);
  const conversation =
    stream === undefined
      ? Promise.resolve()
      : interact({ caller, stream, stdin, tty, detachKeys: detachKeys || defaultDetachKeys });
  conversation.catch(() => undefined);
  await startWatched(run, stream, exit);
  if (tty) followTerminalSize(session, containerPath(id, 'resize'));
  try {
    await conversation;
  } catch (error) {
    if (error instanceof Detached) return 0;
    throw error;
  }
  return exit.code;
}

async function attach(
  { session, id, detachKeys }: Run,
  config: ContainerConfig,
): Promise<HijackedStream | undefined> {
  const { AttachStdin: stdin, AttachStdout: stdout, AttachStderr: stderr } = config;
  if (!stdin && !stdout && !stderr) return undefined;
  return attachStream(session.client, id, { stdin, stdout, stderr, detachKeys });
}

/** Starts the container; one that cannot start leaves nobody waiting, and is gone when it was to be removed. */
async function startWatched(
  { session, id, request }: Run,
  stream: HijackedStream | undefined,
  exit: PendingExit,
) {
  try {
    await session.client.call(containerPost(id, 'start'));
  } catch (error) {
    stream?.destroy();
    if (request.body.HostConfig.AutoRemove) await exit.code;
    else exit.cancel();
    throw asRunFailure(error, session, startFailureCode(error));
  }
}
