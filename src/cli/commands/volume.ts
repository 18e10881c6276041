import type { Group } from './types.ts';

export const volume: Group = {
  summary: 'Manage volumes',
  commands: {
    clone: {
      summary: 'Copy a volume into a new one',
      load: () => import('../volume/clone.ts'),
      isOwn: true,
    },
    create: { summary: 'Create a volume', load: () => import('../volume/create.ts') },
    export: {
      summary: "Export a volume's contents as a tar archive",
      load: () => import('../volume/export.ts'),
      isOwn: true,
    },
    import: {
      summary: 'Fill a volume from a tar archive',
      load: () => import('../volume/import.ts'),
      isOwn: true,
    },
    inspect: {
      summary: 'Display detailed information on one or more volumes',
      load: () => import('../volume/inspect.ts'),
    },
    ls: { summary: 'List volumes', load: () => import('../volume/ls.ts'), aliases: ['list'] },
    prune: { summary: 'Remove unused local volumes', load: () => import('../volume/prune.ts') },
    rename: {
      summary: 'Rename a volume, also one in use',
      load: () => import('../volume/rename.ts'),
      isOwn: true,
    },
    restore: {
      summary: 'Fill a volume with what a snapshot holds',
      load: () => import('../volume/restore.ts'),
      isOwn: true,
    },
    rm: { summary: 'Remove one or more volumes', load: () => import('../volume/rm.ts'), aliases: ['remove'] },
    snapshot: {
      summary: 'Keep what a volume holds now',
      load: () => import('../volume/snapshot.ts'),
      isOwn: true,
    },
    update: {
      summary: 'Update a volume (cluster volumes only)',
      load: () => import('../volume/update.ts'),
    },
  },
};
