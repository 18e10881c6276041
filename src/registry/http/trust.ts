import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls';
import { EngineError, errnoOf } from '#base';

/** Whom a registry's TLS connections believe, and who they say they are. */
export interface Trust {
  /** Whether its certificate is not looked at. */
  readonly anyCertificate: boolean;
  /** PEM texts of a registry's folder in certs.d; undefined when it has none. */
  readonly certificates: HostCertificates | undefined;
}

export interface HostCertificates {
  /** Believed on top of the authorities of this machine. */
  readonly authorities: readonly string[];
  /** Shown to a registry that asks. */
  readonly client: { readonly certificate: string; readonly key: string } | undefined;
}

/** Where distributions keep the authorities that the machine's owner trusts, the likeliest first. */
const systemBundles = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
];

/**
 * What Docker's folder layout `FOLDER/HOST[:PORT]/{*.crt, *.cert, *.key}` holds for a host; read anew each time.
 * @throws EngineError invalid, for half of a client's pair
 */
export function readHostCertificates(folder: string, host: string): HostCertificates | undefined {
  const names = listFolder(join(folder, host));
  if (names.length === 0) return undefined;
  const read = (name: string) => readFileSync(join(folder, host, name), 'utf8');
  const authorities = names.filter((name) => name.endsWith('.crt')).map(read);
  const [pair] = clientPairs(names);
  const client =
    pair === undefined ? undefined : { certificate: read(`${pair}.cert`), key: read(`${pair}.key`) };
  return { authorities, client };
}

function clientPairs(names: readonly string[]): string[] {
  const stems = (extension: string) =>
    names.filter((name) => name.endsWith(extension)).map((name) => name.slice(0, -extension.length));
  const [certificates, keys] = [stems('.cert'), stems('.key')];
  for (const stem of certificates) {
    if (keys.includes(stem)) continue;
    throw new EngineError(
      'invalid',
      `missing key ${stem}.key for client certificate ${stem}.cert. CA certificates must use the extension .crt`,
    );
  }
  for (const stem of keys) {
    if (certificates.includes(stem)) continue;
    throw new EngineError('invalid', `missing client certificate ${stem}.cert for key ${stem}.key`);
  }
  return certificates;
}

function listFolder(path: string): string[] {
  try {
    return readdirSync(path).sort();
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return [];
    throw error;
  }
}

/** Tells apart what must not share a connection. */
export function trustKey({ anyCertificate, certificates }: Trust): string {
  return JSON.stringify([anyCertificate, certificates?.authorities, certificates?.client?.certificate]);
}

const contexts = new Map<string, SecureContext>();
const mostContexts = 64;

/** The TLS context of a trust; made once for each, since the machine's authorities are many. */
export function secureContextOf(trust: Trust): SecureContext {
  const key = trustKey(trust);
  const known = contexts.get(key);
  if (known !== undefined) return known;
  const { authorities = [], client } = trust.certificates ?? {};
  const made = createSecureContext({
    ca: [...systemAuthorities(), ...authorities],
    ...(client !== undefined && { cert: client.certificate, key: client.key }),
  });
  if (contexts.size >= mostContexts) contexts.clear();
  contexts.set(key, made);
  return made;
}

function systemAuthorities(): readonly string[] {
  for (const path of [process.env.SSL_CERT_FILE ?? '', ...systemBundles]) {
    try {
      return [readFileSync(path, 'utf8')];
    } catch {
      // Not this distribution's place.
    }
  }
  return rootCertificates;
}
