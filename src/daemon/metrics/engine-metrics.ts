import type { SystemFacts } from '#serve/docker';
import type { House } from '../house.ts';
import type { MetricFamily, MetricSample } from './exposition.ts';

/** What Docker's daemon tells of itself too, under its names. */
export function engineMetrics(
  { containers, events }: Pick<House, 'containers' | 'events'>,
  facts: SystemFacts,
): readonly MetricFamily[] {
  const states = Object.entries(containers.counts()).map(([state, value]) => ({ labels: { state }, value }));
  return [
    gauge('engine_daemon_container_states_containers', 'Containers by their state.', states),
    gauge('engine_daemon_engine_cpus_cpus', 'Processors of the host.', [{ value: facts.cpus }]),
    gauge('engine_daemon_engine_memory_bytes', 'Memory of the host.', [{ value: facts.memoryBytes }]),
    gauge('engine_daemon_engine_info', 'Who this daemon is; the value is always 1.', [
      { labels: engineLabels(facts), value: 1 },
    ]),
    counter('engine_daemon_events_total', 'Events since the daemon started.', events.published),
    gauge('engine_daemon_events_subscribers_total', 'Streams of events that are open.', [
      { value: events.listeners },
    ]),
    ...processMetrics(facts),
  ];
}

function engineLabels(facts: SystemFacts): Readonly<Record<string, string>> {
  return {
    architecture: process.arch,
    commit: facts.gitCommit,
    daemon_id: facts.id,
    graphdriver: facts.storageDriver,
    kernel: facts.kernelVersion,
    os: facts.operatingSystem,
    os_type: 'linux',
    os_version: facts.osVersion,
    version: facts.engineVersion,
  };
}

/** The names that all programs have for these. */
function processMetrics({ openDescriptors }: SystemFacts): readonly MetricFamily[] {
  const { user, system } = process.cpuUsage();
  const startSeconds = Date.now() / 1000 - process.uptime();
  return [
    counter('process_cpu_seconds_total', "The daemon's time on processors.", (user + system) / 1e6),
    gauge('process_open_fds', 'Descriptors that the daemon has open.', [{ value: openDescriptors }]),
    gauge('process_resident_memory_bytes', "The daemon's memory.", [{ value: process.memoryUsage.rss() }]),
    gauge('process_start_time_seconds', 'When the daemon started, since 1970.', [{ value: startSeconds }]),
  ];
}

function gauge(name: string, help: string, samples: readonly MetricSample[]): MetricFamily {
  return { name, type: 'gauge', help, samples };
}

function counter(name: string, help: string, value: number): MetricFamily {
  return { name, type: 'counter', help, samples: [{ value }] };
}
