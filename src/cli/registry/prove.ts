import type { AuthResponse } from '#api';
import { ConnectionError } from '#client';
import { type Credentials, openCredentials } from '../credentials/index.ts';
import type { Session } from '../session.ts';

/**
 * Shows credentials to a registry and keeps them, or the token that it gives for them.
 * @returns what is to be told of it @throws ApiError when they are not taken
 */
export async function prove(session: Session, server: string, credentials: Credentials): Promise<string> {
  const { Status, IdentityToken = '' } = await tryAtDaemon(session, server, credentials);
  const lasting =
    IdentityToken === '' ? credentials : { ...credentials, password: '', identityToken: IdentityToken };
  await openCredentials(session, server)
    .keep(server, lasting)
    .catch((error: Error) => {
      throw new Error(`Error saving credentials: ${error.message}`);
    });
  return Status;
}

/** The daemon tries credentials at the registry; where there is none, this program does. */
async function tryAtDaemon(
  session: Session,
  server: string,
  { username, password }: Credentials,
): Promise<AuthResponse> {
  const json = { username, password, serveraddress: server };
  try {
    return await session.client.json<AuthResponse>({ method: 'POST', path: '/auth', json });
  } catch (error) {
    if (!(error instanceof ConnectionError)) throw error;
    return tryHere(session, server, { username, password });
  }
}

async function tryHere(
  { caller }: Session,
  server: string,
  account: Pick<Credentials, 'username' | 'password'>,
): Promise<AuthResponse> {
  const { never, openClient } = await import('../registry-access.ts');
  const registries = openClient(caller, []);
  try {
    const { identityToken } = await registries.logIn(server, account, never);
    return { Status: 'Login Succeeded', IdentityToken: identityToken };
  } finally {
    registries.close();
  }
}
