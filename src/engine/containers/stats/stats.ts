import { setTimeout as sleep } from 'node:timers/promises';
import type { ContainerStats } from '#api';
import type { ContainerContext } from '../context.ts';
import { cgroupOf } from '../lifecycle/cgroup-path.ts';
import { isLive, pidOf } from '../state.ts';
import type { ContainerRecord } from '../types.ts';
import { measure, zeroSample } from './sample.ts';

const periodMs = 1000;

export interface StatsOptions {
  readonly stream: boolean;
  /** Do not take a second sample to compare with. */
  readonly oneShot: boolean;
}

/**
 * Samples of what a container uses, each with the one before it: the first of a stream has none, a single one
 * is taken a second after its first unless it shall be quick.
 */
export async function* sampleStats(
  context: ContainerContext,
  { id }: ContainerRecord,
  { stream, oneShot }: StatsOptions,
  signal: AbortSignal,
): AsyncGenerator<ContainerStats> {
  let previous = sample(context, context.records.find(id), undefined);
  if (stream || oneShot || previous.read === zeroTime) yield previous;
  if (!stream && (oneShot || previous.read === zeroTime)) return;
  while (await pause(signal)) {
    previous = sample(context, context.records.find(id), previous);
    yield previous;
    if (!stream) return;
  }
}

const zeroTime = '0001-01-01T00:00:00Z';

function sample(
  context: ContainerContext,
  record: ContainerRecord,
  previous: ContainerStats | undefined,
): ContainerStats {
  if (!isLive(record.state)) return zeroSample(record);
  return measure(record, { cgroup: cgroupOf(context, record), pid: pidOf(record.state), previous });
}

/** Whether there is a next time. */
async function pause(signal: AbortSignal): Promise<boolean> {
  try {
    await sleep(periodMs, undefined, { signal });
    return true;
  } catch {
    return false;
  }
}
