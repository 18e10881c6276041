import type { ImageDeleteItem } from '#api';
import { pruneCommand } from '../prune.ts';

export const command = pruneCommand({
  path: '/images/prune',
  warning: (all) =>
    all
      ? 'WARNING! This will remove all images without at least one container associated to them.'
      : 'WARNING! This will remove all dangling images.',
  title: 'Deleted Images:',
  filterExample: 'until=<timestamp>',
  allSummary: 'Remove all unused images, not just dangling ones',
  allFilter: (all) => `dangling=${!all}`,
  lines: (answer) => ((answer.ImagesDeleted as ImageDeleteItem[] | null) ?? []).map(describeItem),
  showsSpace: true,
});

function describeItem(item: ImageDeleteItem): string {
  return 'Untagged' in item && item.Untagged
    ? `untagged: ${item.Untagged}`
    : `deleted: ${(item as { Deleted: string }).Deleted}`;
}
