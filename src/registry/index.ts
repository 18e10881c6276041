/**
 * registry: a client of the distribution protocol (OCI distribution-spec; Docker's v2 with token and basic
 * authentication). Names become endpoints, mirrors are asked first, cut downloads go on; logins and searches.
 *
 * Life cycle: the daemon makes one client; connections are kept open for a while and shared. Credentials come
 * with each call and are kept no longer than the token they buy.
 *
 * It stores nothing and chooses no platform.
 */
export { createRegistryClient } from './client.ts';
export { environmentProxies, type ProxySettings } from './http/proxy.ts';
export { type PushedManifest, PushTarget } from './push/push-target.ts';
export type { BlobName, UploadPatience, UploadSource } from './push/types.ts';
export type {
  FoundRepository,
  OpenOptions,
  RegistryAuth,
  RegistryClient,
  RegistryLogin,
  RegistryOptions,
  RegistryPolicy,
  RegistryResponse,
  RegistrySession,
  RegistrySettings,
  RemoteImage,
  RemoteManifest,
  RemoteRepository,
  RepositoryAccess,
  RequestBody,
  SearchRequest,
  SessionRequest,
} from './types.ts';
