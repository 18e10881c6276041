import { constants } from 'node:fs';
import { type OpenDescriptor, openConfined } from '#linux';

const currentDirectory = -100;

/** Opens a directory of the host by a trusted path. @throws SystemCallError */
export function openDirectory(path: string): OpenDescriptor {
  return openConfined({
    directory: currentDirectory,
    path,
    flags: constants.O_RDONLY | constants.O_DIRECTORY,
    // A trusted path may lead through /proc's links and anywhere.
    resolve: 0,
  });
}
