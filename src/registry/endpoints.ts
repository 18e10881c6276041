import type { Reference } from '#oci';

/** Where a repository may be found. */
export interface Endpoint {
  /** `https://host[:port]`, without a slash at the end. */
  readonly url: string;
  /** Whether its certificate is not looked at. */
  readonly anyCertificate: boolean;
}

const hub = { domain: 'docker.io', host: 'registry-1.docker.io' } as const;

/** The endpoints of a reference in the order they are asked: mirrors are for docker.io alone. */
export function endpointsOf(
  { domain }: Reference,
  mirrors: readonly string[],
  isInsecure: (host: string) => boolean,
): Endpoint[] {
  if (domain !== hub.domain) return hostEndpoints(domain, isInsecure(domain));
  return [...mirrors.map((mirror) => mirrorEndpoint(mirror, isInsecure)), ...hostEndpoints(hub.host, false)];
}

function hostEndpoints(host: string, insecure: boolean): Endpoint[] {
  const secured = { url: `https://${host}`, anyCertificate: insecure };
  return insecure ? [secured, { url: `http://${host}`, anyCertificate: false }] : [secured];
}

function mirrorEndpoint(mirror: string, isInsecure: (host: string) => boolean): Endpoint {
  const { protocol, host, pathname } = new URL(mirror);
  const path = pathname.replace(/\/+$/, '');
  return { url: `${protocol}//${host}${path}`, anyCertificate: isInsecure(host) };
}
