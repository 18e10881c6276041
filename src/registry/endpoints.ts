import type { Reference } from '#oci';

/** Where a repository may be found. */
export interface Endpoint {
  /** `https://host[:port]`, without a slash at the end. */
  readonly url: string;
  /** Whether its certificate is not looked at. */
  readonly anyCertificate: boolean;
}

export const hub = { domain: 'docker.io', host: 'registry-1.docker.io' } as const;

/** The endpoints of a reference in the order they are asked: mirrors are for docker.io alone. */
export function endpointsOf(
  reference: Reference,
  mirrors: readonly string[],
  isInsecure: (host: string) => boolean,
): Endpoint[] {
  const own = ownEndpoints(reference, isInsecure);
  if (reference.domain !== hub.domain) return own;
  return [...mirrors.map((mirror) => mirrorEndpoint(mirror, isInsecure)), ...own];
}

/** The registry's own endpoints, without mirrors. */
export function ownEndpoints({ domain }: Reference, isInsecure: (host: string) => boolean): Endpoint[] {
  if (domain === hub.domain) return hostEndpoints(hub.host, false);
  return hostEndpoints(domain, isInsecure(domain));
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
