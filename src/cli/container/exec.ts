import type { ExecCreateRequest, ExecInspect, ExecStartRequest, IdResponse } from '#api';
import { ApiError, segment } from '#client';
import { atLeast, defineCommand } from '../command.ts';
import { bool, list, text } from '../flags/index.ts';
import type { Session } from '../session.ts';
import { defaultDetachKeys } from '../stream/detach-keys.ts';
import { interact } from '../stream/interact.ts';
import { followTerminalSize } from '../stream/resize.ts';
import { endBy, forwardSignals, type SendSignal } from '../stream/signals.ts';
import { checkTerminal } from './attach.ts';
import { checkEnv } from './create-options/checks.ts';
import { collectEnv } from './env.ts';
import { containerPath } from './path.ts';
import { surroundings } from './surroundings.ts';

export const command = defineCommand({
  synopsis: ['[OPTIONS] CONTAINER COMMAND [ARG...]'],
  operands: atLeast(2),
  flagsFirst: true,
  flags: {
    detach: bool('Detached mode: run command in the background', 'd'),
    'detach-keys': text('Override the key sequence for detaching a container'),
    env: list('Set environment variables', { short: 'e', check: checkEnv }),
    'env-file': list('Read in a file of environment variables'),
    interactive: bool('Keep STDIN open even if not attached', 'i'),
    privileged: bool('Give extended privileges to the command'),
    tty: bool('Allocate a pseudo-TTY', 't'),
    user: text('Username or UID (format: "<name|uid>[:<group|gid>]")', { short: 'u' }),
    workdir: text('Working directory inside the container', { short: 'w' }),
  },
  warm: ({ values }) =>
    values['env-file'].length === 0 && (values.detach || !(values.interactive || values.tty)),
  async run(session, { values, operands }) {
    const [name = '', ...words] = operands;
    const around = surroundings(session);
    const env = collectEnv(values['env-file'], values.env, around);
    const request: ExecCreateRequest = {
      User: values.user,
      Privileged: values.privileged,
      Tty: values.tty,
      ConsoleSize: values.tty ? around.consoleSize : null,
      AttachStdin: !values.detach && values.interactive,
      AttachStderr: !values.detach,
      AttachStdout: !values.detach,
      DetachKeys: values['detach-keys'] || session.config.detachKeys || '',
      Env: env.length === 0 ? null : env,
      WorkingDir: values.workdir,
      Cmd: words,
      KillOnDisconnect: !values.detach,
    };
    if (!values.detach) checkTerminal(session.caller, values.interactive, values.tty);
    const path = containerPath(name, 'exec');
    const { Id: id } = await session.client.json<IdResponse>({ method: 'POST', path, json: request });
    if (values.detach) return startDetached(session, id, request);
    return converse(session, id, request);
  },
});

async function startDetached(
  { caller, client }: Session,
  id: string,
  request: ExecCreateRequest,
): Promise<number> {
  const { Tty, ConsoleSize } = request;
  const json: ExecStartRequest = { Detach: true, Tty, ConsoleSize };
  caller.writeOut(await (await client.send({ method: 'POST', path: execPath(id, 'start'), json })).text());
  return 0;
}

async function converse(session: Session, id: string, request: ExecCreateRequest): Promise<number> {
  const { caller, client } = session;
  const { Tty, ConsoleSize } = request;
  const json: ExecStartRequest = { Detach: false, Tty, ConsoleSize };
  if (!Tty) forwardSignals(caller, toExec(session, id));
  const stream = await client.hijack({ method: 'POST', path: execPath(id, 'start'), json });
  if (Tty) followTerminalSize(session, execPath(id, 'resize'));
  const detachKeys = request.DetachKeys || defaultDetachKeys;
  await interact({ caller, stream, stdin: request.AttachStdin, tty: Tty, detachKeys });
  const { ExitCode } = await client.json<ExecInspect>({ method: 'GET', path: execPath(id, 'json') });
  return ExitCode ?? 0;
}

/** Sends signals to an exec's process; a daemon that cannot do that leaves us to end by them. */
function toExec({ caller, client }: Session, id: string): SendSignal {
  return async (signal) => {
    try {
      await client.call({ method: 'POST', path: execPath(id, 'kill'), query: { signal } });
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) endBy(caller, `SIG${signal}`);
    }
  };
}

function execPath(id: string, verb: string): string {
  return `/exec/${segment(id)}/${verb}`;
}
