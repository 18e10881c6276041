import { type PruneKind, pruneCommand } from '../prune.ts';

/** Containers that do not run. */
export const stoppedContainers: PruneKind = {
  path: '/containers/prune',
  title: 'Deleted Containers:',
  lines: (answer) => (answer.ContainersDeleted as string[] | null) ?? [],
};

export const command = pruneCommand(stoppedContainers, {
  warning: () => 'WARNING! This will remove all stopped containers.',
  filterExample: 'until=<timestamp>',
  showsSpace: true,
});
