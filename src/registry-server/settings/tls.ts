import { readFileSync } from 'node:fs';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { EngineError, errorMessage } from '#base';
import type { TlsFiles } from './settings.ts';

/** Reads the files. @throws EngineError invalid, for files that are missing or do not fit each other */
export function loadTls({ certificate, key, clientAuthority }: TlsFiles): SecureContextOptions {
  try {
    const pair = { cert: readFileSync(certificate), key: readFileSync(key) };
    createSecureContext(pair);
    return clientAuthority === undefined ? pair : { ...pair, ca: readFileSync(clientAuthority) };
  } catch (cause) {
    throw new EngineError('invalid', `TLS can't be set up: ${errorMessage(cause)}`, { cause });
  }
}
