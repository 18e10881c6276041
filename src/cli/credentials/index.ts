/**
 * credentials: what registries know the user by. They are kept in `config.json`, or by a helper program
 * (`docker-credential-*`) that the settings name for all registries or for one, or come with the environment
 * (`DOCKER_AUTH_CONFIG`); asked for when a command needs them, and held no longer than that.
 */
export { openCredentials } from './open.ts';
export { findCredentials, registryAuth } from './registry-auth.ts';
export { hostOf, hubServer, serverKey } from './server.ts';
export type { CredentialStore, Credentials } from './types.ts';
