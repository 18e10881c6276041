import { text } from './flags/index.ts';

/** Which variant of an image is meant; the environment may say it for all commands. */
export const platformFlag = text('Set platform if server is multi-platform capable', {
  variable: 'DOCKER_DEFAULT_PLATFORM',
});
