import type { Group } from './types.ts';

export const image: Group = {
  summary: 'Manage images',
  commands: {
    build: {
      summary: 'Build an image from a Dockerfile',
      load: () => import('../build/build.ts'),
      topName: 'build',
    },
    check: {
      summary: 'Check that what is stored of images is whole',
      load: () => import('../image/check.ts'),
      isOwn: true,
    },
    diff: {
      summary: 'Show what differs between the files of two images',
      load: () => import('../image/diff.ts'),
      isOwn: true,
    },
    history: {
      summary: 'Show the history of an image',
      load: () => import('../image/history.ts'),
      topName: 'history',
    },
    import: {
      summary: 'Import the contents from a tarball to create a filesystem image',
      load: () => import('../image/import.ts'),
      topName: 'import',
    },
    inspect: {
      summary: 'Display detailed information on one or more images',
      load: () => import('../image/inspect.ts'),
    },
    load: {
      summary: 'Load an image from a tar archive or STDIN',
      load: () => import('../image/load.ts'),
      topName: 'load',
    },
    ls: {
      summary: 'List images',
      load: () => import('../image/ls.ts'),
      aliases: ['list'],
      topName: 'images',
    },
    prune: { summary: 'Remove unused images', load: () => import('../image/prune.ts') },
    pull: {
      summary: 'Download an image from a registry',
      load: () => import('../image/pull.ts'),
      topName: 'pull',
    },
    push: {
      summary: 'Upload an image to a registry',
      load: () => import('../image/push.ts'),
      topName: 'push',
    },
    rm: {
      summary: 'Remove one or more images',
      load: () => import('../image/rm.ts'),
      aliases: ['remove'],
      topName: 'rmi',
    },
    save: {
      summary: 'Save one or more images to a tar archive (streamed to STDOUT by default)',
      load: () => import('../image/save.ts'),
      topName: 'save',
    },
    tag: {
      summary: 'Create a tag TARGET_IMAGE that refers to SOURCE_IMAGE',
      load: () => import('../image/tag.ts'),
      topName: 'tag',
    },
    tags: {
      summary: 'List the tags of a repository at its registry',
      load: () => import('../image/tags.ts'),
      isOwn: true,
    },
  },
};
