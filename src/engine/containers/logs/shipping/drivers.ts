import type { RemoteDriver } from './types.ts';

/** The log drivers that send logs elsewhere, by name. */
export const remoteDrivers: ReadonlyMap<string, RemoteDriver> = new Map();
