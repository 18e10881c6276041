import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { EngineError } from '#base';

/**
 * Makes this process the only daemon of a data root. The lock is a file lock of SQLite's: it goes with the
 * process, however that ends.
 * @throws EngineError conflict, while another daemon has it
 */
export function holdDataRoot(dataRoot: string): Disposable {
  mkdirSync(dataRoot, { recursive: true, mode: 0o711 });
  const lock = new DatabaseSync(join(dataRoot, 'lock'));
  try {
    // A journal in a file would need room on a disk that may be full.
    lock.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (cause) {
    lock.close();
    throw new EngineError('conflict', `failed to start daemon: ${dataRoot} is in use by another daemon`, {
      cause,
    });
  }
  return { [Symbol.dispose]: () => lock.close() };
}
