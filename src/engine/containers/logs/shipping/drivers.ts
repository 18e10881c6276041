import { fluentd } from './fluentd.ts';
import { gelf } from './gelf.ts';
import { journald } from './journald.ts';
import { syslog } from './syslog.ts';
import type { RemoteDriver } from './types.ts';

/** The log drivers that send logs elsewhere, by name. */
export const remoteDrivers: ReadonlyMap<string, RemoteDriver> = new Map([
  ['fluentd', fluentd],
  ['gelf', gelf],
  ['journald', journald],
  ['syslog', syslog],
]);
