import { EngineError } from '#base';
import type { ContainerState, ContainerStatus, Run } from './types.ts';

/** What can happen to a container. */
export type LifecycleEvent =
  | { readonly type: 'created' }
  | { readonly type: 'starting' }
  | { readonly type: 'started'; readonly pid: number; readonly timeNs: bigint }
  | { readonly type: 'startFailed'; readonly exitCode: number; readonly error: string }
  | { readonly type: 'startUndone' }
  | { readonly type: 'paused' }
  | { readonly type: 'resumed' }
  | {
      readonly type: 'exited';
      readonly exitCode: number;
      readonly timeNs: bigint;
      readonly oomKilled: boolean;
    }
  | { readonly type: 'removing' }
  | { readonly type: 'removeFailed'; readonly error: string };

export const neverRan: Run = { startedNs: 0n, finishedNs: 0n, exitCode: 0, oomKilled: false, error: '' };
export const initialState: ContainerState = { status: 'creating', run: neverRan };

/** Which states an event may come in; the table of the machine. */
const allowed = {
  created: ['creating'],
  starting: ['created', 'exited'],
  started: ['starting'],
  startFailed: ['starting'],
  startUndone: ['starting'],
  paused: ['running'],
  resumed: ['paused'],
  exited: ['starting', 'running', 'paused'],
  removing: ['creating', 'created', 'exited', 'dead', 'removing'],
  removeFailed: ['removing'],
} as const satisfies Record<LifecycleEvent['type'], readonly ContainerStatus[]>;

/**
 * The state after an event.
 * @throws EngineError conflict, when the event can't happen in this state
 */
export function next(state: ContainerState, event: LifecycleEvent): ContainerState {
  const from: readonly ContainerStatus[] = allowed[event.type];
  if (!from.includes(state.status)) {
    throw new EngineError('conflict', `a container that is ${state.status} can't be ${event.type}`);
  }
  const { run } = state;
  switch (event.type) {
    case 'created':
      return { status: 'created', run };
    case 'starting':
      return { status: 'starting', run };
    case 'started':
      return {
        status: 'running',
        pid: event.pid,
        run: { ...neverRan, startedNs: event.timeNs, finishedNs: run.finishedNs },
      };
    case 'startFailed':
      return { status: idle(run), run: { ...run, exitCode: event.exitCode, error: event.error } };
    case 'startUndone':
      return { status: idle(run), run };
    case 'paused':
      return { status: 'paused', pid: pidOf(state), run };
    case 'resumed':
      return { status: 'running', pid: pidOf(state), run };
    case 'exited':
      return { status: 'exited', run: ended(run, event) };
    case 'removing':
      return { status: 'removing', run };
    case 'removeFailed':
      return { status: 'dead', run: { ...run, error: event.error } };
  }
}

/** The host's pid of a container's first process; 0 when it does not run. */
export function pidOf(state: ContainerState): number {
  return 'pid' in state ? state.pid : 0;
}

/** Whether there is a live process: also while paused. */
export function isLive(state: ContainerState): boolean {
  return state.status === 'running' || state.status === 'paused';
}

/** A container that never ran stays `created`. */
function idle(run: Run): 'created' | 'exited' {
  return run.startedNs === 0n ? 'created' : 'exited';
}

function ended(run: Run, event: Extract<LifecycleEvent, { type: 'exited' }>): Run {
  return {
    // A daemon that was killed between the start and its record knows only the end.
    startedNs: run.startedNs === 0n ? event.timeNs : run.startedNs,
    finishedNs: event.timeNs,
    exitCode: event.exitCode,
    oomKilled: event.oomKilled,
    error: '',
  };
}
