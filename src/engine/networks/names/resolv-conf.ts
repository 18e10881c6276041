import { parseResolvConf, publicServers, type ResolvConf } from '#resolver';
import { resolverAddress } from './name-rules.ts';

/** What a container's resolver is told besides, or instead of, what the host's is. */
export interface ResolverWishes {
  readonly servers?: readonly string[];
  /** A single `.` means none. */
  readonly searchDomains?: readonly string[];
  readonly options?: readonly string[];
}

/**
 * Which network a container's resolv.conf is for: `host` the host's own; `none` one that leads nowhere; `bridge`
 * the default one, where only some questions are for our resolver; `named` any on which containers have names.
 */
export type ResolverScope = (typeof resolverScopes)[number];
export const resolverScopes = ['host', 'none', 'bridge', 'named'] as const;

/**
 * The text of a container's resolv.conf: the host's with the wishes over it. Behind a bridge the first server is our
 * resolver; on the default one the others follow, for what a container hands on to containers of its own.
 */
export function resolvConf(scope: ResolverScope, hostText: string, wishes: ResolverWishes): string {
  const host = parseResolvConf(hostText);
  const servers = wishes.servers?.length ? wishes.servers : hostServers(scope, host.servers);
  if (scope === 'host' || scope === 'none') return format({ ...host, servers }, wishes);
  if (scope === 'bridge') {
    return format({ ...host, servers: [...new Set([resolverAddress, ...servers])] }, wishes);
  }
  const options = wishes.options?.length ? wishes.options : host.options;
  const isTold = options.some((option) => option.startsWith('ndots:'));
  // Names of containers have no dots, and are to be asked for before the search domains are tried.
  const told = isTold ? options : [...options, 'ndots:0'];
  return format({ ...host, servers: [resolverAddress] }, { ...wishes, options: told });
}

/** Servers on the host's loopback and IPv6 ones can't be reached from a bridge and are left out. */
function hostServers(scope: ResolverScope, servers: readonly string[]): readonly string[] {
  if (scope === 'host') return servers;
  const reachable = servers.filter((server) => /^\d/.test(server) && !/^127\./.test(server));
  return reachable.length > 0 || scope === 'bridge' ? reachable : publicServers;
}

function format(host: ResolvConf, wishes: ResolverWishes): string {
  const chosen = (wish: readonly string[] | undefined, given: readonly string[]) =>
    wish?.length ? wish : given;
  const domains = chosen(wishes.searchDomains, host.searchDomains).filter((domain) => domain !== '.');
  const options = chosen(wishes.options, host.options);
  const lines = host.servers.map((server) => `nameserver ${server}`);
  if (domains.length > 0) lines.push(`search ${domains.join(' ')}`);
  if (options.length > 0) lines.push(`options ${options.join(' ')}`);
  return `${lines.join('\n')}\n`;
}
