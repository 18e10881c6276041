import type { Builder, CachedStep } from '#engine/builder';
import { stepId } from '#engine/builder';
import { type MessageOf, type Method, serverStream, unary } from '#grpc';
import { timestampOf } from './messages/common.ts';
import * as control from './messages/control.ts';

type UsageRecord = MessageOf<typeof control.usageRecord>;

/** What clients ask of the steps that are kept, and how they have them forgotten. */
export function cacheMethods(builder: Builder): [path: string, method: Method][] {
  return [
    [
      '/moby.buildkit.v1.Control/DiskUsage',
      unary(control.diskUsageRequest, control.diskUsageResponse, async () => ({
        record: builder.cachedSteps().map(encodeStep),
      })),
    ],
    [
      '/moby.buildkit.v1.Control/Prune',
      serverStream(control.pruneRequest, control.usageRecord, async function* (request) {
        const prune = { filter: filterOf(request), all: request.all, keepBytes: request.reservedSpace };
        for (const step of (await builder.pruneCache(prune)).removed) yield encodeStep(step);
      }),
    ],
  ];
}

/** `key==value` of each; the duration is how long a step has to be unused. */
function filterOf({
  filter,
  keepDuration,
}: MessageOf<typeof control.pruneRequest>): Record<string, string[]> {
  const wishes = filter
    .flatMap((text) => text.split(',').filter(Boolean))
    .map((text) => text.split(/[=~]=/, 2));
  const byKey: Record<string, string[]> = {};
  for (const [key = '', value = 'true'] of wishes) byKey[key] = [...(byKey[key] ?? []), value];
  return keepDuration > 0 ? { ...byKey, 'unused-for': [`${Math.floor(keepDuration / 1e9)}s`] } : byKey;
}

function encodeStep({ key, parents, description, shared, ...step }: CachedStep): UsageRecord {
  return {
    ID: stepId(key),
    Mutable: false,
    InUse: false,
    Size: step.sizeBytes,
    CreatedAt: timestampOf(step.createdNs),
    LastUsedAt: timestampOf(step.usedNs),
    UsageCount: step.uses,
    Description: description,
    RecordType: 'regular',
    Shared: shared,
    Parents: parents.map(stepId),
  };
}
