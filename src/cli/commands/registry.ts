import type { Group } from './types.ts';

export const registry: Group = {
  summary: 'Manage registries of our own',
  commands: {
    project: {
      summary: 'Manage projects, their members and their rules',
      load: () => import('../registry/project.ts'),
    },
    robot: { summary: 'Manage accounts for machines', load: () => import('../registry/robot.ts') },
    serve: { summary: 'Serve images to other machines', load: () => import('../registry/serve.ts') },
    user: { summary: 'Manage users', load: () => import('../registry/user.ts') },
  },
};
