import type { Reference } from '#oci';
import { createRegistryClient, environmentProxies, type RegistryAuth, type RegistryClient } from '#registry';
import type { Caller } from './caller/index.ts';
import { findCredentials } from './credentials/index.ts';
import { productVersion } from './product.ts';
import type { Session } from './session.ts';

/** A registry as the user sees it, without a daemon between. */
export interface RegistryAccess extends Disposable {
  readonly client: RegistryClient;
  readonly auth: RegistryAuth | undefined;
}

/** Opens the way to the registry of a name; whoever asked for it disposes of it. */
export async function openRegistry(
  session: Session,
  { domain }: Reference,
  insecure: boolean,
): Promise<RegistryAccess> {
  const client = openClient(session.caller, insecure ? [domain] : []);
  return { client, auth: await findCredentials(session, domain), [Symbol.dispose]: () => client.close() };
}

/** A client of registries with the proxies of the caller's environment. */
export function openClient({ environment }: Caller, insecureRegistries: readonly string[]): RegistryClient {
  return createRegistryClient({
    userAgent: `wharf/${productVersion}`,
    mirrors: [],
    insecureRegistries,
    proxies: environmentProxies(environment),
  });
}

/** Nothing ends a request before its answer but the end of the program. */
export const never = new AbortController().signal;
