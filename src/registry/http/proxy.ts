import { BlockList, isIP } from 'node:net';

/** By which proxies registries are reached. */
export interface ProxySettings {
  /** URL, for registries without TLS. */
  readonly http: string;
  /** URL, for registries with TLS. */
  readonly https: string;
  /** Hosts, domains, addresses and networks that are reached straight, with commas between. */
  readonly none: string;
}

/** What the variables say that every client of the web knows, in either case; an empty one says nothing. */
export function environmentProxies(environment: Readonly<Record<string, string | undefined>>): ProxySettings {
  const variable = (name: string) => environment[name] || environment[name.toLowerCase()] || '';
  return { http: variable('HTTP_PROXY'), https: variable('HTTPS_PROXY'), none: variable('NO_PROXY') };
}

/** The proxy for a URL; undefined when it is reached straight, as this machine itself always is. */
export function proxyFor(url: URL, settings: ProxySettings): URL | undefined {
  const text = url.protocol === 'https:' ? settings.https : settings.http;
  if (text === '' || isExempt(url, settings.none)) return undefined;
  const full = /^[a-z]+:\/\//i.test(text) ? text : `http://${text}`;
  return URL.canParse(full) ? new URL(full) : undefined;
}

function isExempt(url: URL, none: string): boolean {
  const host = url.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  if (host === 'localhost' || host === '::1' || /^127\./.test(host)) return true;
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  const entries = none.split(',').map((entry) => entry.trim().toLowerCase());
  return entries.some((entry) => entry !== '' && covers(entry, host, port));
}

function covers(entry: string, host: string, port: string): boolean {
  if (entry === '*') return true;
  const [address = '', prefix] = entry.split('/');
  if (prefix !== undefined) return inNetwork(host, address, Number(prefix));
  if (isIP(entry) !== 0) return entry === host;
  const [, name = entry, only] = /^(.*):(\d+)$/.exec(entry) ?? [];
  if (only !== undefined && only !== port) return false;
  const domain = name.replace(/^\*?\./, '');
  return host.endsWith(`.${domain}`) || (host === domain && name === domain);
}

function inNetwork(host: string, address: string, prefix: number): boolean {
  const family = isIP(address);
  const widest = family === 6 ? 128 : 32;
  if (family === 0 || isIP(host) !== family || !(prefix >= 0 && prefix <= widest)) return false;
  const networks = new BlockList();
  networks.addSubnet(address, prefix, family === 6 ? 'ipv6' : 'ipv4');
  return networks.check(host, family === 6 ? 'ipv6' : 'ipv4');
}
