import { readFileSync } from 'node:fs';
import { EngineError, errnoOf, errorMessage } from '#base';
import { domainOf } from './index-server.ts';
import type { RegistryAuth } from './types.ts';

/**
 * The credentials for a registry in a file as Docker's client keeps them (`config.json`); undefined when it has none,
 * and when there is no file.
 * @throws EngineError invalid, for a file that makes no sense
 */
export function readStoredAuth(path: string, domain: string): RegistryAuth | undefined {
  const auths = readAuths(path);
  const server = Object.keys(auths).find((name) => domainOf(name) === domain);
  return server === undefined ? undefined : decodeAuth(auths[server] ?? {});
}

type StoredAuth = Readonly<Record<string, unknown>>;

function readAuths(path: string): Readonly<Record<string, StoredAuth>> {
  try {
    const { auths } = JSON.parse(readFileSync(path, 'utf8'));
    return auths ?? {};
  } catch (cause) {
    if (errnoOf(cause) === 'ENOENT') return {};
    throw new EngineError('invalid', `credentials can't be read from ${path}: ${errorMessage(cause)}`, {
      cause,
    });
  }
}

/** An entry without content says only that a helper program has the credentials. */
function decodeAuth(stored: StoredAuth): RegistryAuth | undefined {
  const field = (name: string) => (typeof stored[name] === 'string' ? stored[name] : '');
  const [user = '', word = ''] = Buffer.from(field('auth'), 'base64').toString().split(/:(.*)/s);
  const said = {
    username: field('username') || user,
    password: field('password') || word,
    identityToken: field('identitytoken'),
    registryToken: field('registrytoken'),
  };
  const told = Object.entries(said).filter(([, value]) => value !== '');
  return told.length === 0 ? undefined : Object.fromEntries(told);
}
