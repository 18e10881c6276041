import { nowNs, remembered } from '#base';
import type { PublishedPort } from '#engine/networks';
import type { ContainerContext } from '../context.ts';
import { isLive } from '../state.ts';
import type { ContainerRecord, ContainerSummaryView, ListQuery } from '../types.ts';
import { compileFilter, exposedPorts } from './filter.ts';
import { endpointsOf, sizesOf } from './inspect.ts';
import { statusText } from './status-text.ts';

/** The containers that a query asks for, newest first. */
export async function listContainers(
  context: ContainerContext,
  query: ListQuery,
): Promise<ContainerSummaryView[]> {
  const filter = query.filter ?? {};
  const passes = compileFilter(filter, {
    image: (ref) => tryResolve(context, ref),
    container: (ref) => context.records.find(ref),
  });
  const limit = query.limit ?? 0;
  const all = query.all || limit > 0 || filter.status !== undefined;
  const chosen = context.records
    .all()
    .filter((record) => record.state.status !== 'creating' && (all || isShown(record)) && passes(record));
  const records = limit > 0 ? chosen.slice(0, limit) : chosen;
  return await Promise.all(records.map((record) => summarize(context, record, query.sizes === true)));
}

/** Without `all`: what runs, or soon will again. */
function isShown({ state }: ContainerRecord): boolean {
  return isLive(state) || state.status === 'restarting';
}

function tryResolve({ images }: ContainerContext, ref: string) {
  try {
    return images.resolve(ref);
  } catch {
    return undefined;
  }
}

async function summarize(
  context: ContainerContext,
  record: ContainerRecord,
  withSizes: boolean,
): Promise<ContainerSummaryView> {
  return {
    record,
    statusText: statusText(record, nowNs()),
    ...networking(record),
    sizes: withSizes ? await sizesOf(context, record) : undefined,
  };
}

/** A record is replaced by every change: what follows from it alone is worked out once for all lists. */
const networking = remembered((record: ContainerRecord) => {
  const ports = record.sandbox?.ports ?? [];
  return {
    ports,
    exposedOnly: isLive(record.state) ? unpublished(record, ports) : [],
    endpoints: endpointsOf(record),
  };
});

function unpublished(record: ContainerRecord, ports: readonly PublishedPort[]): string[] {
  const published = new Set(ports.map(({ port, protocol }) => `${port}/${protocol}`));
  return exposedPorts(record).filter((port) => !published.has(port));
}
