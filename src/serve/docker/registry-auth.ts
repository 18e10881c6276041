import { type AuthConfig, decodeRegistryAuth } from '#api';
import type { RegistryAuth } from '#registry';

/** Who a client says it is to the registry; undefined when it says nothing. */
export function readRegistryAuth(headers: {
  get(name: string): string | undefined;
}): RegistryAuth | undefined {
  const auth = decodeRegistryAuth(headers.get('x-registry-auth'));
  return auth && registryAuth(auth);
}

/** Credentials without what is empty. */
export function registryAuth(auth: AuthConfig): RegistryAuth {
  return {
    ...(auth.username && { username: auth.username }),
    ...(auth.password && { password: auth.password }),
    ...(auth.identitytoken && { identityToken: auth.identitytoken }),
    ...(auth.registrytoken && { registryToken: auth.registrytoken }),
  };
}
