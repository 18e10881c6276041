import { readTextFile } from '../read-text-file.ts';
import type { Session } from '../session.ts';
import { terminalSize } from '../terminal-size.ts';
import type { Surroundings } from './create-options/index.ts';

/** The files, the environment, the terminal and the settings of this process. */
export function ownSurroundings({ client, config }: Session): Surroundings {
  const size = terminalSize(1);
  return {
    readFile: readTextFile,
    environment: process.env,
    consoleSize: [size?.rows ?? 0, size?.columns ?? 0],
    proxies: config.proxies?.[client.endpoint.text] ?? config.proxies?.default ?? {},
  };
}
