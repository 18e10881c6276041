import {
  checkFilterKeys,
  EngineError,
  errorKind,
  type Filter,
  labelsPass,
  nowNs,
  parseTimestamp,
} from '#base';
import type { ContainerContext } from '../context.ts';
import { locked } from '../locked.ts';
import { isLive } from '../state.ts';
import type { ContainerRecord } from '../types.ts';
import { removeContainer } from './remove.ts';

/** Removes the containers that do not run and pass the filter. */
export async function pruneContainers(
  context: ContainerContext,
  filter: Filter,
): Promise<{ removed: string[]; reclaimedBytes: number }> {
  checkFilterKeys(filter, ['until', 'label', 'label!']);
  const until = (filter.until ?? []).map(parseMoment);
  const isMeant = ({ state, createdNs, config }: ContainerRecord) =>
    ['created', 'exited', 'dead'].includes(state.status) &&
    until.every((limit) => createdNs < limit) &&
    labelsPass(filter, config.Labels ?? {}) &&
    !(filter['label!'] ?? []).some((label) => labelsPass({ label: [label] }, config.Labels ?? {}));
  const removed: string[] = [];
  let reclaimedBytes = 0;
  for (const { id } of context.records.all().filter(isMeant)) {
    const bytes = await pruneOne(context, id, isMeant);
    if (bytes === undefined) continue;
    removed.push(id);
    reclaimedBytes += bytes;
  }
  const attributes = { reclaimed: String(reclaimedBytes) };
  context.events.publish({ type: 'container', action: 'prune', id: '', attributes });
  return { removed, reclaimedBytes };
}

/** Undefined when the container was started or removed meanwhile. */
async function pruneOne(
  context: ContainerContext,
  id: string,
  isMeant: (record: ContainerRecord) => boolean,
): Promise<number | undefined> {
  try {
    return await locked(context, id, async (record) => {
      if (isLive(record.state) || !isMeant(record)) return undefined;
      const { bytes } = await context.snapshots.usage(record.id);
      await removeContainer(context, record, { volumes: false });
      return bytes;
    });
  } catch (error) {
    if (errorKind(error) === 'notFound') return undefined;
    throw error;
  }
}

/** Seconds since 1970, a time, or how long ago (`1h30m`). */
function parseMoment(text: string): bigint {
  if (/^\d+(\.\d+)?$/.test(text)) return BigInt(Math.round(Number(text) * 1000)) * 1_000_000n;
  const ago = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(text);
  if (ago !== null && text !== '') {
    const [, hours = 0, minutes = 0, seconds = 0] = ago;
    return nowNs() - BigInt(Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1_000_000_000n;
  }
  if (/T/.test(text)) return parseTimestamp(text);
  throw new EngineError('invalid', `invalid filter 'until=${text}'`);
}
