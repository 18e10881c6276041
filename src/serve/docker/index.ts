/**
 * serve/docker: the Docker Engine API over the engine's rooms, one file a resource. A handler decodes, makes
 * one engine call and encodes by the request's API version.
 *
 * Life cycle: createDockerApi() gives a handler for serve/http; it holds no state but the table of handlers.
 * Errors become `{"message"}` with the status of their kind; after the first byte they are told in the stream
 * or break it.
 *
 * It takes no decisions: what a request means is the engine's to say.
 */
export { createDockerApi } from './docker-api.ts';
export { type ModuleName, moduleNames } from './modules.ts';
export type { DockerApiParts, HostLimits, System, SystemFacts } from './types.ts';
