import type { Group } from './types.ts';

export const manifest: Group = {
  summary: 'Manage Docker image manifests and manifest lists',
  description: `The **docker manifest** command has subcommands for managing image manifests and
manifest lists. A manifest list allows you to use one name to refer to the same image
built for multiple architectures.

To see help for a subcommand, use:

    docker manifest CMD --help

For full details on using docker manifest lists, see the registry v2 specification.

EXPERIMENTAL:
  docker manifest is an experimental feature.
  Experimental features provide early access to product functionality. These
  features may change between releases without warning, or can be removed from a
  future release. Learn more about experimental features in our documentation:
  https://docs.docker.com/go/experimental/`,
  commands: {
    annotate: {
      summary: 'Add additional information to a local image manifest',
      load: () => import('../manifest/annotate.ts'),
    },
    create: {
      summary: 'Create a local manifest list for annotating and pushing to a registry',
      load: () => import('../manifest/create.ts'),
    },
    inspect: {
      summary: 'Display an image manifest, or manifest list',
      load: () => import('../manifest/inspect.ts'),
    },
    push: {
      summary: 'Push a manifest list to a repository',
      load: () => import('../manifest/push.ts'),
    },
    rm: {
      summary: 'Delete one or more manifest lists from local storage',
      load: () => import('../manifest/rm.ts'),
    },
  },
};
