import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { EngineError, unlessErrno } from '#base';

const keyBytes = 32;

/**
 * The key that tokens of a registry are signed with; made when there is none. Removing the file voids all tokens.
 * @throws EngineError corrupt, for a file that holds no key
 */
export function loadTokenKey(path: string): Uint8Array {
  const kept = unlessErrno(['ENOENT'], () => readFileSync(path));
  if (kept?.length === keyBytes) return kept;
  if (kept !== undefined)
    throw new EngineError('corrupt', `${path} holds no key: remove it, and all log in anew`);
  const key = randomBytes(keyBytes);
  const fd = openSync(`${path}.new`, 'w', 0o600);
  writeSync(fd, key);
  fsyncSync(fd);
  closeSync(fd);
  renameSync(`${path}.new`, path);
  return key;
}
