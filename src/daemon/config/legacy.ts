/** Flags that Docker's daemon once had, by name: what became of them. */
const removed = new Map(
  Object.entries({
    'exec-driver': "Docker removed it in 1.13: containers are run by the engine's own runtime.",
    graph: 'Use --data-root.',
    g: 'Use --data-root.',
    d: 'The daemon is a program of its own, which needs no such flag.',
    daemon: 'The daemon is a program of its own, which needs no such flag.',
    'api-cors-header': 'Use a reverse proxy for CORS headers.',
    'api-enable-cors': 'Use a reverse proxy for CORS headers.',
    'cluster-advertise': 'Docker removed it in 23.0 with the networks that needed a key-value store.',
    'cluster-store': 'Docker removed it in 23.0 with the networks that needed a key-value store.',
    'cluster-store-opt': 'Docker removed it in 23.0 with the networks that needed a key-value store.',
    'deprecated-key-path': 'Docker removed it in 23.0.',
    'disable-legacy-registry': 'Registries of version 1 are never spoken to.',
    'oom-score-adjust': 'Docker removed it in 25.0.',
  }),
);

/** What to do without a flag that is no more; undefined for what never was one. */
export function removedFlag(name: string): string | undefined {
  return removed.get(name);
}
