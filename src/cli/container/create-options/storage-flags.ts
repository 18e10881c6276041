import { bool, bytes, each, list, text } from '../../flags/index.ts';
import { parseMount } from './mount.ts';
import { parseSecret } from './secret.ts';

/** Flags of the container's files. */
export const storageFlags = {
  mount: each('Attach a filesystem mount to the container', parseMount, { valueName: 'mount' }),
  'read-only': bool("Mount the container's root filesystem as read only"),
  secret: {
    ...each(
      'Give the container a secret as a file ("NAME", "source=NAME,target=PATH,mode=0400")',
      parseSecret,
      {
        valueName: 'secret',
      },
    ),
    isOwn: true,
  },
  'shm-size': bytes('Size of /dev/shm'),
  'storage-opt': list('Storage driver options for the container'),
  tmpfs: list('Mount a tmpfs directory'),
  volume: list('Bind mount a volume', { short: 'v' }),
  'volume-driver': text('Optional volume driver for the container'),
  'volumes-from': list('Mount volumes from the specified container(s)'),
};
