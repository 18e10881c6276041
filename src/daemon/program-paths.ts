import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The C core. */
export function corePath(): string {
  return programPath('wharf-core');
}

/** What answers names in containers. */
export function resolverPath(): string {
  return programPath('wharf-resolver');
}

/** Beside the executable of an installed Wharf, or in the source tree's bin folder. */
function programPath(name: string): string {
  const installed = join(dirname(process.execPath), name);
  return existsSync(installed) ? installed : join(import.meta.dirname, '../../bin', name);
}
