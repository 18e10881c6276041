import { readFileSync } from 'node:fs';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { EngineError, errorMessage } from '#base';
import type { Options } from './options.ts';
import type { TlsSettings } from './settings.ts';

/** The files of the daemon's TLS; undefined without `--tls` and `--tlsverify`. */
export function resolveTls(options: Options): TlsSettings | undefined {
  if (!options.tls && !options.tlsVerify) return undefined;
  const folder = process.env.DOCKER_CERT_PATH || `${process.env.HOME ?? '/root'}/.docker`;
  return {
    certificate: options.tlsCert ?? `${folder}/cert.pem`,
    key: options.tlsKey ?? `${folder}/key.pem`,
    clientAuthority: options.tlsVerify ? (options.tlsCaCert ?? `${folder}/ca.pem`) : undefined,
  };
}

/** Reads the files. @throws EngineError invalid, for files that are missing or do not fit each other */
export function loadTls(settings: TlsSettings): SecureContextOptions {
  const { certificate, key, clientAuthority } = settings;
  try {
    const pair = { cert: readFileSync(certificate), key: readFileSync(key) };
    createSecureContext(pair);
    return clientAuthority === undefined ? pair : { ...pair, ca: readFileSync(clientAuthority) };
  } catch (cause) {
    const files = `cert: "${certificate}", key: "${key}"`;
    const message = `invalid TLS configuration: Could not load X509 key pair (${files}): ${errorMessage(cause)}`;
    throw new EngineError('invalid', message, { cause });
  }
}
