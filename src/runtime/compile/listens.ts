import type { Listen } from '../launch.ts';
import type { LaunchPlan, OpOf } from '../plan/plan.ts';

const protocols = { tcp: 6, udp: 17, sctp: 132 } as const;

export function compileListens(listens: readonly Listen[]): readonly OpOf<'listen'>[] {
  return listens.map(({ protocol, ...listen }) => ({
    op: 'listen',
    protocol: protocols[protocol],
    ...listen,
  }));
}

/** What a running container's shim is to listen at, as a plan of nothing else. */
export function compilePorts(listens: readonly Listen[]): LaunchPlan {
  return { cloneFlags: 0n, before: compileListens(listens), after: [], init: [] };
}
