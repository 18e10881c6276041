import { readFileSync, writeFileSync } from 'node:fs';
import {
  type EndpointState,
  extraHostLines,
  gatewayOf,
  hostsFile,
  type ResolverScope,
  resolvConf,
  resolverScopes,
  type Sandbox,
} from '#engine/networks';
import { readResolvConf } from '#resolver';
import type { ContainerContext } from '../context.ts';
import { pathsOf } from '../directories.ts';
import { usableLinks } from '../links/link.ts';
import { linkLines } from '../links/link-effects.ts';
import { tryReadOwnFile } from '../own-file.ts';
import type { ContainerPaths, ContainerRecord } from '../types.ts';

/**
 * Writes the files that are bound into a container's /etc: hostname, hosts and resolv.conf. A container in
 * another's network has that one's files.
 * @throws EngineError, when it links to a container that is of no use
 */
export function writeEtcFiles(
  context: ContainerContext,
  record: ContainerRecord,
  sandbox: Sandbox | undefined,
): ContainerPaths {
  const paths = pathsOf(context.settings, record);
  const { hostname } = paths;
  writeFileSync(hostname, `${record.config.Hostname}\n`);
  const holder = /^container:(.+)$/.exec(record.hostConfig.NetworkMode)?.[1];
  if (holder !== undefined) {
    return { ...pathsOf(context.settings, context.records.find(holder)), log: paths.log };
  }
  writeFileSync(paths.hosts, hostsText(context, record, sandbox));
  writeFileSync(paths.resolvConf, resolvText(context, record, scopeOf(record, sandbox)));
  return paths;
}

/**
 * Has a running container's resolv.conf be as its networks are now, unless the container or its user has changed it:
 * a text that no networks of the container make is theirs.
 */
export function refreshResolvConf(
  context: ContainerContext,
  record: ContainerRecord,
  sandbox: Sandbox,
): void {
  const { resolvConf: path } = pathsOf(context.settings, record);
  const present = tryReadOwnFile(path);
  if (!resolverScopes.some((scope) => resolvText(context, record, scope) === present)) return;
  const text = resolvText(context, record, scopeOf(record, sandbox));
  if (text !== present) writeFileSync(path, text);
}

function hostsText(context: ContainerContext, record: ContainerRecord, sandbox: Sandbox | undefined): string {
  const { settings, records } = context;
  const { config, hostConfig } = record;
  const endpoints = Object.values(sandbox?.endpoints ?? {});
  const set = settings.hostGateways;
  const extraHosts = hostConfig.ExtraHosts ?? [];
  if (hostConfig.NetworkMode === 'host') {
    return (
      unlessMissing(() => readFileSync('/etc/hosts', 'utf8')) +
      extraHostLines(extraHosts, set.length > 0 ? set : ['127.0.0.1'])
    );
  }
  return hostsFile({
    hostname: config.Hostname,
    domainname: config.Domainname,
    addresses: endpoints.flatMap(({ ipv4, ipv6 }) => [ipv4, ipv6].flatMap((given) => given?.address ?? [])),
    extraHosts,
    hostGateways: set.length > 0 ? set : hostGateways(context, endpoints),
    linkLines: linkLines(usableLinks(records, record)),
  });
}

/** A container that no network leads out of is told the default bridge's: it may be led out later. */
function hostGateways({ networks }: ContainerContext, endpoints: readonly EndpointState[]): string[] {
  const own = gatewayOf(endpoints);
  if (own.length > 0) return own;
  const pools = networks.list().find(({ name }) => name === 'bridge')?.pools ?? [];
  return pools.flatMap(({ gateway }) => gateway ?? []).slice(0, 1);
}

function scopeOf({ hostConfig }: ContainerRecord, sandbox: Sandbox | undefined): ResolverScope {
  const networks = Object.keys(sandbox?.endpoints ?? {});
  if (hostConfig.NetworkMode === 'host') return 'host';
  if (networks.some((name) => name !== 'bridge' && name !== 'none')) return 'named';
  return networks.includes('bridge') ? 'bridge' : 'none';
}

function resolvText(
  { settings }: ContainerContext,
  { hostConfig }: ContainerRecord,
  scope: ResolverScope,
): string {
  const pick = (asked: readonly string[] | null, set: readonly string[]) =>
    asked !== null && asked.length > 0 ? asked : set;
  const hostText = unlessMissing(() => readResolvConf(settings.resolvConf));
  return resolvConf(scope, hostText, {
    servers: pick(hostConfig.Dns, settings.dns),
    searchDomains: pick(hostConfig.DnsSearch, settings.dnsSearch),
    options: pick(hostConfig.DnsOptions, settings.dnsOptions),
  });
}

/** A host without the file has nothing to pass on. */
function unlessMissing(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}
