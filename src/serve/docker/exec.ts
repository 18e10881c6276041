import {
  type ExecCreateRequest,
  type ExecInspect,
  type ExecStartRequest,
  execCreateRequest,
  execStartRequest,
  type IdResponse,
  readText,
  sinceMinor,
} from '#api';
import { EngineError } from '#base';
import type { ExecConfig, ExecStartOptions, ExecView, TerminalSize } from '#engine/containers';
import { readJson, sendJson, sendNothing } from './answers.ts';
import { idOf, sizeOf } from './containers.ts';
import { hijack, splice } from './splice.ts';
import type { DockerApiParts, Handlers } from './types.ts';

type ExecOperation = 'execCreate' | 'execStart' | 'execResize' | 'execKill' | 'execInspect';

export function execHandlers({ containers }: DockerApiParts): Handlers<ExecOperation> {
  return {
    async execCreate(call) {
      const request = await readJson(call, execCreateRequest);
      const id = await containers.createExec(idOf(call), decodeExec(request));
      sendJson(call, 201, { Id: id } satisfies IdResponse);
    },
    async execStart(call) {
      const request = await readJson(call, execStartRequest);
      const attached = await containers.startExec(idOf(call), startOptions(request, call.version.minor));
      if (attached === undefined) return sendNothing(call, 200);
      await splice(await hijack(call, attached.framed), attached);
    },
    async execResize(call) {
      await containers.resizeExec(idOf(call), sizeOf(call));
      sendNothing(call, 200);
    },
    async execKill(call) {
      await containers.killExec(idOf(call), readText(call.request.query, 'signal'));
      sendNothing(call);
    },
    async execInspect(call) {
      sendJson(call, 200, encodeExec(containers.inspectExec(idOf(call))));
    },
  };
}

function decodeExec(request: ExecCreateRequest): ExecConfig {
  const argv = request.Cmd ?? [];
  if (argv.length === 0) throw new EngineError('invalid', 'No exec command specified');
  const size = terminalSize(request.ConsoleSize);
  return {
    argv,
    attach: { stdin: request.AttachStdin, stdout: request.AttachStdout, stderr: request.AttachStderr },
    terminal: request.Tty,
    privileged: request.Privileged,
    env: request.Env ?? [],
    ...(request.User !== '' && { user: request.User }),
    ...(request.WorkingDir !== '' && { workingDir: request.WorkingDir }),
    ...(request.DetachKeys !== '' && { detachKeys: request.DetachKeys }),
    ...(size !== undefined && { size }),
    ...(request.KillOnDisconnect !== undefined && { killOnDisconnect: request.KillOnDisconnect }),
  };
}

function startOptions(request: ExecStartRequest, minor: number): ExecStartOptions {
  const size = sinceMinor({ major: 1, minor }, 42) ? terminalSize(request.ConsoleSize) : undefined;
  if (size !== undefined && !request.Tty) {
    throw new EngineError('invalid', 'console size is only supported when terminal is allocated');
  }
  return { detach: request.Detach, terminal: request.Tty, ...(size !== undefined && { size }) };
}

/** `[0, 0]` is what clients without a terminal send. */
function terminalSize(size: readonly number[] | null): TerminalSize | undefined {
  const [rows = 0, columns = 0] = size ?? [];
  return rows > 0 || columns > 0 ? { rows, columns } : undefined;
}

function encodeExec(view: ExecView): ExecInspect {
  const [entrypoint = '', ...rest] = view.config.argv;
  return {
    ID: view.id,
    Running: view.running,
    ExitCode: view.exitCode ?? null,
    ProcessConfig: {
      tty: view.config.terminal,
      entrypoint,
      arguments: rest,
      privileged: view.config.privileged,
      ...(view.config.user && { user: view.config.user }),
    },
    OpenStdin: view.config.attach.stdin,
    OpenStderr: view.config.attach.stderr,
    OpenStdout: view.config.attach.stdout,
    CanRemove: false,
    ContainerID: view.containerId,
    DetachKeys: view.config.detachKeys ?? '',
    Pid: view.pid,
  };
}
