import type { ContainerConfig } from '#api';
import { EngineError } from '#base';

/** The label that names the group of containers that share their published ports. */
const groupLabel = 'wharf.group';
/** The label that says how many seconds a stop waits for the connections of such a container. */
const drainLabel = 'wharf.drain';
const usualDrainSeconds = 10;
const mostDrainSeconds = 3600;

/** The group that a container's ports belong to; undefined for one that has its ports for itself. */
export function portGroup({ Labels }: Pick<ContainerConfig, 'Labels'>): string | undefined {
  return Labels?.[groupLabel] || undefined;
}

/** How long its connections have to end when it stops. @throws EngineError invalid, for a label that is no number */
export function drainLimitMs({ Labels }: Pick<ContainerConfig, 'Labels'>): number {
  const text = Labels?.[drainLabel];
  if (text === undefined) return usualDrainSeconds * 1000;
  const seconds = Number(text);
  if (/^\d+$/.test(text) && seconds <= mostDrainSeconds) return seconds * 1000;
  const range = `a number of seconds up to ${mostDrainSeconds}`;
  throw new EngineError('invalid', `invalid label ${drainLabel}=${text}: it should be ${range}`);
}
