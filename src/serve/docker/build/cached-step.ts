import { formatTimestamp } from '#base';
import { type CachedStep, stepId } from '#engine/builder';

/** A row of Docker's build cache. */
export function encodeCachedStep({ key, parents, description, shared, ...step }: CachedStep) {
  return {
    ID: stepId(key),
    ...(parents.length > 0 && { Parents: parents.map(stepId) }),
    Type: 'regular',
    Description: description,
    InUse: false,
    Shared: shared,
    Size: step.sizeBytes,
    CreatedAt: formatTimestamp(step.createdNs),
    LastUsedAt: formatTimestamp(step.usedNs),
    UsageCount: step.uses,
  };
}
