/**
 * registry-server: an OCI distribution server (spec 1.1): what `wharf-registry` runs. Requests become replies (api/)
 * of a Registry (registry/), which keeps bytes in a storage (storage/) and everything else in tables (records/).
 *
 * Life cycle: buildHouse() opens a data root, serve() listens until it is told to stop. Uploads outlive the server;
 * killed at any point it leaves a whole registry.
 *
 * It knows no engine and no Docker API; who may do what is the Authorizer's to say (access/).
 */
export type { Action, Authorizer, Who } from './access/authorizer.ts';
export { buildHouse, type House } from './house.ts';
export { Refusal } from './refusal.ts';
export type { RegistrySettings } from './settings/settings.ts';
