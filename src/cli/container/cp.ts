import { defineCommand, exactly } from '../command.ts';
import { bool } from '../flags/index.ts';
import { copyBetween } from './copy-between.ts';
import { copyFromContainer } from './copy-from.ts';
import { copyToContainer } from './copy-to.ts';
import { parseRemotePlace } from './remote-place.ts';

export const command = defineCommand({
  synopsis: ['[OPTIONS] CONTAINER:SRC_PATH DEST_PATH|-', '[OPTIONS] SRC_PATH|- CONTAINER:DEST_PATH'],
  description: `Copy files/folders between a container and the local filesystem

Use '-' as the source to read a tar archive from stdin
and extract it to a directory destination in a container.
Use '-' as the destination to stream a tar archive of a
container source to stdout.`,
  ownDescription: 'Both paths may be in containers. A path in a volume is volume/NAME:PATH.',
  operands: exactly(2),
  flags: {
    archive: bool('Archive mode (copy all uid/gid information)', 'a'),
    'follow-link': bool('Always follow symbol link in SRC_PATH', 'L'),
    quiet: bool(
      'Suppress progress output during copy. Progress output is automatically suppressed if no terminal is attached',
      'q',
    ),
  },
  async run(session, { values, operands: [source = '', destination = ''] }) {
    if (source === '') throw new Error('source can not be empty');
    if (destination === '') throw new Error('destination can not be empty');
    const from = parseRemotePlace(source);
    const to = parseRemotePlace(destination);
    const rules = { follow: values['follow-link'], keepOwners: values.archive, quiet: values.quiet };
    if (from !== undefined && to !== undefined) await copyBetween(session, from, to, rules);
    else if (from !== undefined) await copyFromContainer(session, from, destination, rules);
    else if (to !== undefined) await copyToContainer(session, source, to, rules);
    else throw new Error('must specify at least one container source');
    return undefined;
  },
});
