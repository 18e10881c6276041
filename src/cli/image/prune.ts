import type { ImageDeleteItem } from '#api';
import { type PruneKind, pruneCommand } from '../prune.ts';

/** Images without a name, or all that no container has. */
export const unusedImages: PruneKind = {
  path: '/images/prune',
  title: 'Deleted Images:',
  lines: (answer) => ((answer.ImagesDeleted as ImageDeleteItem[] | null) ?? []).map(describeItem),
};

export const command = pruneCommand(unusedImages, {
  warning: (all) =>
    all
      ? 'WARNING! This will remove all images without at least one container associated to them.'
      : 'WARNING! This will remove all dangling images.',
  filterExample: 'until=<timestamp>',
  allSummary: 'Remove all unused images, not just dangling ones',
  allFilter: (all) => `dangling=${!all}`,
  showsSpace: true,
});

function describeItem(item: ImageDeleteItem): string {
  return 'Untagged' in item && item.Untagged
    ? `untagged: ${item.Untagged}`
    : `deleted: ${(item as { Deleted: string }).Deleted}`;
}
