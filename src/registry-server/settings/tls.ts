import { readFileSync, unwatchFile, watchFile } from 'node:fs';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { EngineError, errorMessage, type Log } from '#base';
import type { TlsFiles } from './settings.ts';

const lookEveryMs = 10_000;

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

/** The files of a certificate, read again when they have changed. */
export interface WatchedTls extends Disposable {
  /** Reads them at once. */
  read(): void;
}

/** Hands over what the files have whenever they change; what makes no sense is logged, for its other half may come. */
export function watchTls(
  files: TlsFiles,
  onChange: (tls: SecureContextOptions) => void,
  log: Log,
): WatchedTls {
  const read = () => {
    try {
      onChange(loadTls(files));
      log.info('certificate read anew');
    } catch (error) {
      log.warn(`the certificate stays as it was: ${errorMessage(error)}`);
    }
  };
  const paths = Object.values(files).filter((path) => path !== undefined);
  for (const path of paths) watchFile(path, { interval: lookEveryMs, persistent: false }, read);
  return {
    read,
    [Symbol.dispose]() {
      for (const path of paths) unwatchFile(path, read);
    },
  };
}
