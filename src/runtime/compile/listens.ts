import type { HeldSocket, Listen } from '../launch.ts';
import type { LaunchPlan, OpOf } from '../plan/plan.ts';

const protocols = { tcp: 6, udp: 17, sctp: 132 } as const;

export function compileListens(listens: readonly Listen[]): readonly OpOf<'listen' | 'listenShared'>[] {
  return listens.map(({ protocol, shared, ...place }) => ({
    op: shared ? 'listenShared' : 'listen',
    protocol: protocols[protocol],
    ...place,
  }));
}

export function compileHeldSockets(sockets: readonly HeldSocket[]): readonly OpOf<'holdSocket'>[] {
  return sockets.map(({ protocol, ...place }) => ({
    op: 'holdSocket',
    protocol: protocols[protocol],
    ...place,
  }));
}

/** What a running container's shim is to listen at, as a plan of nothing else. */
export function compilePorts(listens: readonly Listen[]): LaunchPlan {
  return { cloneFlags: 0n, before: compileListens(listens), after: [], init: [] };
}
