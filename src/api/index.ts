/**
 * api: the Docker Engine API as data: the types that cross the wire in Docker's own casing, one file a
 * resource; how requests are decoded (bodies, queries, filters, times, platforms, credentials); the table of
 * routes; the error texts that clients match on.
 *
 * Pure: no effects, no state. A request type comes from its decoder and is complete: what a client left out
 * has the zero value that Go would give it (`null` where Docker tells "missing" from "empty").
 *
 * It does not speak HTTP, does not choose shapes by version (serve/docker does) and decides nothing.
 */
export { decodeBody, decodeRequiredBody } from './body.ts';
export * from './container.ts';
export {
  type ContainerConfig,
  containerConfig,
  type HealthConfig,
} from './container-config.ts';
export * from './event.ts';
export * from './exec.ts';
export { decodeFilters, encodeFilters } from './filters.ts';
export {
  type DeviceMapping,
  type DeviceRequest,
  type HostConfig,
  hostConfig,
  type Mount,
  type PortBinding,
  type PortMap,
  type Resources,
  type RestartPolicy,
  type Ulimit,
} from './host-config.ts';
export * from './image.ts';
export { messages } from './messages.ts';
export { demultiplex, type Frame } from './multiplex.ts';
export * from './network.ts';
export { readPlatforms } from './platforms.ts';
export type { ProgressDetail, ProgressMessage } from './progress.ts';
export { readFlag, readInteger, readText, requireUnsigned } from './query.ts';
export { decodeRegistryAuth, encodeRegistryAuth } from './registry-auth.ts';
export { type Operation, type Route, routes } from './routes.ts';
export * as schema from './schema.ts';
export { type Decoder, decode } from './schema.ts';
export * from './secret.ts';
export * from './stats.ts';
export * from './system.ts';
export { parseMoment, parseUnixMoment } from './time.ts';
export * from './update.ts';
export {
  type ApiVersion,
  formatApiVersion,
  newestApiVersion,
  oldestApiVersion,
  parseApiVersion,
  parseOldestApiVersion,
  sinceMinor,
} from './version.ts';
export * from './volume.ts';
