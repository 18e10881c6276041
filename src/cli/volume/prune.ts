import { pruneCommand } from '../prune.ts';

export const command = pruneCommand({
  path: '/volumes/prune',
  warning: (all) =>
    `WARNING! This will remove ${all ? 'all' : 'anonymous'} local volumes not used by at least one container.`,
  title: 'Deleted Volumes:',
  filterExample: 'label=<label>',
  allSummary: 'Remove all unused volumes, not just anonymous ones',
  allFilter: (all) => (all ? 'all=true' : undefined),
  lines: (answer) => (answer.VolumesDeleted as string[] | null) ?? [],
  showsSpace: true,
});
