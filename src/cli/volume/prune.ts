import { type PruneKind, pruneCommand } from '../prune.ts';

/** Volumes that no container has. */
export const unusedVolumes: PruneKind = {
  path: '/volumes/prune',
  title: 'Deleted Volumes:',
  lines: (answer) => (answer.VolumesDeleted as string[] | null) ?? [],
};

export const command = pruneCommand(unusedVolumes, {
  warning: (all) =>
    `WARNING! This will remove ${all ? 'all' : 'anonymous'} local volumes not used by at least one container.`,
  filterExample: 'label=<label>',
  allSummary: 'Remove all unused volumes, not just anonymous ones',
  allFilter(all, filters) {
    const own = filters.find((filter) => filter.startsWith('all='));
    if (all && own !== undefined) {
      throw new Error(`conflicting options: cannot specify both --all and --filter ${own}`);
    }
    return all ? 'all=true' : undefined;
  },
  showsSpace: true,
});
