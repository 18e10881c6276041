import { pruneCommand } from '../prune.ts';

export const command = pruneCommand({
  path: '/containers/prune',
  warning: () => 'WARNING! This will remove all stopped containers.',
  title: 'Deleted Containers:',
  filterExample: 'until=<timestamp>',
  lines: (answer) => (answer.ContainersDeleted as string[] | null) ?? [],
  showsSpace: true,
});
