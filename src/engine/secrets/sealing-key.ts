import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { EngineError, unlessErrno } from '#base';

const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;
const algorithm = 'aes-256-gcm';

/** Seals contents, each for one place: what was sealed for another one is not opened. */
export interface SealingKey {
  seal(content: Uint8Array, place: string): Uint8Array;
  /** @throws EngineError corrupt, when it is not what this key sealed for the place */
  open(sealed: Uint8Array, place: string): Uint8Array;
}

/** Reads the key that a file holds; one that only root can read is made when there is none. @throws EngineError corrupt */
export function openSealingKey(path: string): SealingKey {
  const key = unlessErrno(['ENOENT'], () => readFileSync(path)) ?? makeKey(path);
  if (key.length !== keyBytes) throw new EngineError('corrupt', `${path} holds no key of ${keyBytes} bytes`);
  return {
    seal(content, place) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv(algorithm, key, nonce).setAAD(Buffer.from(place));
      return Buffer.concat([nonce, cipher.update(content), cipher.final(), cipher.getAuthTag()]);
    },
    open(sealed, place) {
      const tagAt = sealed.length - tagBytes;
      try {
        const decipher = createDecipheriv(algorithm, key, sealed.subarray(0, nonceBytes));
        decipher.setAAD(Buffer.from(place)).setAuthTag(sealed.subarray(tagAt));
        return Buffer.concat([decipher.update(sealed.subarray(nonceBytes, tagAt)), decipher.final()]);
      } catch (cause) {
        throw new EngineError('corrupt', `the content of ${place} was not sealed by the key in ${path}`, {
          cause,
        });
      }
    },
  };
}

/** It appears under its name when it is whole and on the disk: without it the contents are lost. */
function makeKey(path: string): Buffer {
  const key = randomBytes(keyBytes);
  const temporary = `${path}.new`;
  rmSync(temporary, { force: true });
  withOpen(temporary, 'wx', (file) => {
    writeSync(file, key);
    fsyncSync(file);
  });
  renameSync(temporary, path);
  withOpen(dirname(path), 'r', fsyncSync);
  return key;
}

function withOpen(path: string, flags: string, work: (file: number) => void): void {
  const file = openSync(path, flags, 0o600);
  try {
    work(file);
  } finally {
    closeSync(file);
  }
}
