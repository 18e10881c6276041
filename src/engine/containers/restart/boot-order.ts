import type { ContainerRecord } from '../types.ts';

/**
 * The containers to start with the daemon, in rounds: each one comes after those of them that it depends on, by
 * Compose's label or because it shares a namespace of theirs. Those that depend on each other come last, together.
 */
export function bootOrder(records: readonly ContainerRecord[]): ContainerRecord[][] {
  const rounds: ContainerRecord[][] = [];
  let waiting = records;
  while (waiting.length > 0) {
    const free = waiting.filter((record) => !waiting.some((other) => dependsOn(record, other)));
    const round = free.length > 0 ? free : waiting;
    rounds.push([...round]);
    waiting = waiting.filter((record) => !round.includes(record));
  }
  return rounds;
}

function dependsOn(record: ContainerRecord, other: ContainerRecord): boolean {
  if (record === other) return false;
  const { NetworkMode, PidMode, IpcMode } = record.hostConfig;
  const shared = [NetworkMode, PidMode, IpcMode].map((mode) => /^container:(.+)$/.exec(mode)?.[1]);
  return shared.includes(other.id) || shared.includes(other.name) || composeDependsOn(record, other);
}

/** The label's form is `service:condition:restart`, with commas between. */
function composeDependsOn(record: ContainerRecord, other: ContainerRecord): boolean {
  const own = composeLabels(record);
  const its = composeLabels(other);
  if (own.project === undefined || own.project !== its.project || its.service === undefined) return false;
  return own.dependsOn.split(',').some((dependence) => dependence.split(':')[0] === its.service);
}

function composeLabels({ config }: ContainerRecord) {
  const label = (name: string) => config.Labels?.[`com.docker.compose.${name}`];
  return { project: label('project'), service: label('service'), dependsOn: label('depends_on') ?? '' };
}
