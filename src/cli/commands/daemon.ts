import type { Group } from './types.ts';

export const daemon: Group = {
  summary: 'Manage the daemon of this machine',
  commands: {
    start: { summary: 'Start the daemon in the background', load: () => import('../daemon/start.ts') },
  },
};
