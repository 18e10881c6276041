import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { EngineError } from '#base';
import {
  type RuntimeHook,
  type RuntimeHooks,
  type RuntimeState,
  type RuntimeStatus,
  runtimeSpecVersion,
} from '#oci';
import type { ContainerRecord } from './records.ts';

/** Hooks that must run inside the container's namespaces before it starts. */
const insideKinds = ['createContainer', 'startContainer'] as const;

/** @throws EngineError notImplemented, for hooks that would have to run inside the container */
export function checkHooks(hooks: RuntimeHooks = {}): void {
  const kind = insideKinds.find((name) => hooks[name]?.length);
  if (kind !== undefined) throw new EngineError('notImplemented', `${kind} hooks are not supported`);
}

/** Runs hooks one after the other, each with the container's state on its standard input. */
export async function runHooks(hooks: readonly RuntimeHook[] = [], state: RuntimeState): Promise<void> {
  for (const hook of hooks) await runHook(hook, state);
}

export function stateOf(record: ContainerRecord, status: RuntimeStatus): RuntimeState {
  const { id, bundle, pid } = record;
  return { ociVersion: runtimeSpecVersion, id, status, pid: status === 'stopped' ? 0 : pid, bundle };
}

/** @throws EngineError internal, when the hook fails or takes longer than it may */
async function runHook(hook: RuntimeHook, state: RuntimeState): Promise<void> {
  const [argv0 = hook.path, ...args] = hook.args ?? [];
  const child = spawn(hook.path, args, {
    argv0,
    env: Object.fromEntries((hook.env ?? []).map(splitVariable)),
    stdio: ['pipe', 'ignore', 'inherit'],
    ...(hook.timeout !== undefined && { timeout: hook.timeout * 1000, killSignal: 'SIGKILL' }),
  });
  // A hook need not read its input.
  child.stdin.on('error', () => undefined).end(JSON.stringify(state));
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  if (code === 0) return;
  const reason = code === null ? `was killed by ${signal}` : `exited with ${code}`;
  throw new EngineError('internal', `error running hook ${hook.path}: it ${reason}`);
}

function splitVariable(variable: string): [name: string, value: string] {
  const at = variable.indexOf('=');
  return at < 0 ? [variable, ''] : [variable.slice(0, at), variable.slice(at + 1)];
}
