import type { Group } from './types.ts';

export const context: Group = {
  summary: 'Manage contexts',
  commands: {
    create: { summary: 'Create a context', load: () => import('../context/create.ts') },
    export: {
      summary: 'Export a context to a tar archive FILE or a tar stream on STDOUT.',
      load: () => import('../context/export.ts'),
    },
    import: {
      summary: 'Import a context from a tar or zip file',
      load: () => import('../context/import.ts'),
    },
    inspect: {
      summary: 'Display detailed information on one or more contexts',
      load: () => import('../context/inspect.ts'),
    },
    ls: { summary: 'List contexts', load: () => import('../context/ls.ts'), aliases: ['list'] },
    rm: {
      summary: 'Remove one or more contexts',
      load: () => import('../context/rm.ts'),
      aliases: ['remove'],
    },
    show: { summary: 'Print the name of the current context', load: () => import('../context/show.ts') },
    update: { summary: 'Update a context', load: () => import('../context/update.ts') },
    use: { summary: 'Set the current docker context', load: () => import('../context/use.ts') },
  },
};
