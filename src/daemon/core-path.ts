import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The C core: beside the executable of an installed Wharf, or in the source tree's bin folder. */
export function corePath(): string {
  const installed = join(dirname(process.execPath), 'wharf-core');
  return existsSync(installed) ? installed : join(import.meta.dirname, '../../bin/wharf-core');
}
