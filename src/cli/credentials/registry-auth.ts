import { encodeRegistryAuth } from '#api';
import type { Session } from '../session.ts';
import { openCredentials } from './open.ts';
import { serverKey } from './server.ts';
import type { Credentials } from './types.ts';

/** The header X-Registry-Auth for a registry: of nobody when the user has not logged in there. */
export async function registryAuth(session: Session, domain: string): Promise<string> {
  const server = serverKey(domain);
  const credentials = await findCredentials(session, domain);
  if (credentials === undefined) return encodeRegistryAuth({});
  const { username, password, identityToken } = credentials;
  return encodeRegistryAuth({
    ...(username === '' ? {} : { username }),
    ...(password === '' ? {} : { password }),
    serveraddress: server,
    ...(identityToken === '' ? {} : { identitytoken: identityToken }),
  });
}

/** What the user is known by at a registry; who cannot say it may still get what is public. */
export function findCredentials(session: Session, domain: string): Promise<Credentials | undefined> {
  const server = serverKey(domain);
  return openCredentials(session, server)
    .find(server)
    .catch(() => undefined);
}
