import { pruneCommand } from '../prune.ts';

export const command = pruneCommand({
  path: '/networks/prune',
  warning: () => 'WARNING! This will remove all custom networks not used by at least one container.',
  title: 'Deleted Networks:',
  filterExample: 'until=<timestamp>',
  lines: (answer) => (answer.NetworksDeleted as string[] | null) ?? [],
  showsSpace: false,
});
