import type { Group } from './types.ts';

export const registry: Group = {
  summary: 'Manage registries of our own',
  commands: {
    serve: { summary: 'Serve images to other machines', load: () => import('../registry/serve.ts') },
  },
};
