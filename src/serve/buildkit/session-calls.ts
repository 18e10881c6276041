import { errorKind } from '#base';
import { parseReference } from '#oci';
import type { RegistryAuth } from '#registry';
import {
  credentialsRequest,
  credentialsResponse,
  getSecretRequest,
  getSecretResponse,
} from './messages/session.ts';
import type { ClientSession } from './sessions.ts';

const secretsMethod = '/moby.buildkit.secrets.v1.Secrets/GetSecret';
const agentMethod = '/moby.sshforward.v1.SSH/ForwardAgent';
const credentialsMethod = '/moby.filesync.v1.Auth/Credentials';

/** Whether the client would let commands use its ssh agents. */
export function forwardsAgents({ methods }: ClientSession): boolean {
  return methods.includes(agentMethod);
}

/** Undefined when the client has none of that name. */
export async function secretOf(
  session: ClientSession,
  id: string,
  signal: AbortSignal,
): Promise<Uint8Array | undefined> {
  if (!session.methods.includes(secretsMethod)) return undefined;
  try {
    const { data } = await session.client.unary(
      secretsMethod,
      getSecretRequest,
      getSecretResponse,
      { ID: id },
      signal,
    );
    return data;
  } catch (error) {
    if (errorKind(error) === 'notFound') return undefined;
    throw error;
  }
}

/** What the client knows for the registry of an image. */
export async function credentialsOf(
  session: ClientSession,
  reference: string,
  signal: AbortSignal,
): Promise<RegistryAuth | undefined> {
  if (!session.methods.includes(credentialsMethod)) return undefined;
  const { client } = session;
  const { Username, Secret } = await client.unary(
    credentialsMethod,
    credentialsRequest,
    credentialsResponse,
    { Host: registryHost(reference) },
    signal,
  );
  if (Secret === '') return undefined;
  return Username === '' ? { identityToken: Secret } : { username: Username, password: Secret };
}

/** What clients keep the credentials of a reference's registry under. */
function registryHost(reference: string): string {
  const { domain } = parseReference(reference);
  return domain === 'docker.io' ? 'registry-1.docker.io' : domain;
}
