import { defineCommand, exactly } from '../command.ts';
import { bool } from '../flags/index.ts';
import { copyFromContainer } from './copy-from.ts';
import { copyToContainer } from './copy-to.ts';

export const command = defineCommand({
  synopsis: ['[OPTIONS] CONTAINER:SRC_PATH DEST_PATH|-', '[OPTIONS] SRC_PATH|- CONTAINER:DEST_PATH'],
  description: `Copy files/folders between a container and the local filesystem

Use '-' as the source to read a tar archive from stdin
and extract it to a directory destination in a container.
Use '-' as the destination to stream a tar archive of a
container source to stdout.`,
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
    const from = splitCopyPath(source);
    const to = splitCopyPath(destination);
    const rules = { follow: values['follow-link'], keepOwners: values.archive, quiet: values.quiet };
    if (from.container !== undefined && to.container !== undefined) {
      throw new Error('copying between containers is not supported');
    }
    if (from.container !== undefined) {
      await copyFromContainer(session, from.container, from.path, to.path, rules);
    } else if (to.container !== undefined) {
      await copyToContainer(session, from.path, to.container, to.path, rules);
    } else {
      throw new Error('must specify at least one container source');
    }
  },
});

/** `container:path`, or a local path: one that is absolute, begins with a dot, or has no colon. */
function splitCopyPath(text: string): { container: string | undefined; path: string } {
  const colon = text.indexOf(':');
  if (text.startsWith('/') || text.startsWith('.') || colon < 0) return { container: undefined, path: text };
  return { container: text.slice(0, colon), path: text.slice(colon + 1) };
}
