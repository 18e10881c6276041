import { type PruneKind, pruneCommand } from '../prune.ts';

/** Networks of the user's that no container is on. */
export const unusedNetworks: PruneKind = {
  path: '/networks/prune',
  title: 'Deleted Networks:',
  lines: (answer) => (answer.NetworksDeleted as string[] | null) ?? [],
};

export const command = pruneCommand(unusedNetworks, {
  warning: () => 'WARNING! This will remove all custom networks not used by at least one container.',
  filterExample: 'until=<timestamp>',
  showsSpace: false,
});
