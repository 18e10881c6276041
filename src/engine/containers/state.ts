import { EngineError } from '#base';
import type { ContainerState, ContainerStatus, Run } from './types.ts';

/** How a run ended. */
interface RunEnd {
  readonly exitCode: number;
  readonly timeNs: bigint;
  readonly oomKilled: boolean;
  /** Why nobody saw it end. */
  readonly error?: string | undefined;
}

/** What can happen to a container. */
export type LifecycleEvent =
  | { readonly type: 'created' }
  | { readonly type: 'starting' }
  | { readonly type: 'started'; readonly pid: number; readonly timeNs: bigint }
  | { readonly type: 'startFailed'; readonly exitCode: number; readonly error: string }
  | { readonly type: 'startUndone' }
  | { readonly type: 'paused' }
  | { readonly type: 'resumed' }
  | ({ readonly type: 'exited' } & RunEnd)
  | ({ readonly type: 'restarting' } & RunEnd)
  | { readonly type: 'restartCancelled' }
  | { readonly type: 'removing' }
  | { readonly type: 'removeFailed'; readonly error: string };

export type EventType = LifecycleEvent['type'];

/** Where an event leads; `idle` is `exited`, or `created` when there was no run yet. */
type Target = ContainerStatus | 'idle';

export const neverRan: Run = { startedNs: 0n, finishedNs: 0n, exitCode: 0, oomKilled: false, error: '' };
export const initialState: ContainerState = { status: 'creating', run: neverRan };

const runEnds = { exited: 'exited', restarting: 'restarting' } as const;

/** The machine: what each state can become, by event. An event that a state does not list can't happen in it. */
export const lifecycle: Readonly<Record<ContainerStatus, Readonly<Partial<Record<EventType, Target>>>>> = {
  creating: { created: 'created', removing: 'removing' },
  created: { starting: 'starting', removing: 'removing' },
  starting: { ...runEnds, started: 'running', startFailed: 'idle', startUndone: 'idle' },
  running: { ...runEnds, paused: 'paused' },
  paused: { ...runEnds, resumed: 'running' },
  restarting: { starting: 'starting', restartCancelled: 'exited' },
  exited: { starting: 'starting', removing: 'removing' },
  removing: { removing: 'removing', removeFailed: 'dead' },
  dead: { removing: 'removing' },
};

/**
 * The state after an event.
 * @throws EngineError conflict, when the event can't happen in this state
 */
export function next(state: ContainerState, event: LifecycleEvent): ContainerState {
  const target = lifecycle[state.status][event.type];
  if (target === undefined) {
    throw new EngineError('conflict', `a container that is ${state.status} can't be ${event.type}`);
  }
  const status = target === 'idle' ? idle(state.run) : target;
  const run = runAfter(state, event);
  if (status !== 'running' && status !== 'paused') return { status, run };
  return { status, run, pid: event.type === 'started' ? event.pid : pidOf(state) };
}

function runAfter({ status, run }: ContainerState, event: LifecycleEvent): Run {
  switch (event.type) {
    case 'started':
      return { ...neverRan, startedNs: event.timeNs, finishedNs: run.finishedNs };
    case 'startFailed':
      return { ...run, exitCode: event.exitCode, error: event.error };
    case 'exited':
    case 'restarting':
      return {
        // A daemon that was killed between a start and its record knows only the end.
        startedNs: status === 'starting' ? event.timeNs : run.startedNs,
        finishedNs: event.timeNs,
        exitCode: event.exitCode,
        oomKilled: event.oomKilled,
        error: event.error ?? '',
      };
    case 'removeFailed':
      return { ...run, error: event.error };
    default:
      return run;
  }
}

/** Whether an event can happen in a state. */
export function canHappen(state: ContainerState, type: EventType): boolean {
  return lifecycle[state.status][type] !== undefined;
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
