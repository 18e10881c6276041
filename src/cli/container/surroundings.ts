import { readTextFile } from '../read-text-file.ts';
import type { Session } from '../session.ts';
import type { Surroundings } from './create-options/index.ts';

/** The files, the environment, the terminal and the settings of the caller. */
export function surroundings({ caller, client, config }: Session): Surroundings {
  const size = caller.terminalSize(1);
  return {
    readFile: readTextFile,
    directory: caller.directory,
    environment: caller.environment,
    consoleSize: [size?.rows ?? 0, size?.columns ?? 0],
    proxies: config.proxies?.[client.endpoint.text] ?? config.proxies?.default ?? {},
  };
}
