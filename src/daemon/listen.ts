import type { SecureContextOptions } from 'node:tls';
import { EngineError, type Log } from '#base';
import { findGroup } from '#linux';
import type { HttpServer, ListenAddress } from '#serve/http';
import { passedSockets } from './activation.ts';
import type { DaemonHost } from './config/host.ts';

export interface ListenOptions {
  /** For tcp hosts; absent: plain. */
  readonly tls: SecureContextOptions | undefined;
  readonly log: Log;
}

/** Opens every host. @throws on the first that can't be; what is open stays for the server's close() */
export async function listenAt(
  server: HttpServer,
  hosts: readonly DaemonHost[],
  { tls, log }: ListenOptions,
): Promise<void> {
  for (const wanted of hosts.flatMap(addressesOf)) {
    const secured = wanted.kind === 'tcp' && tls !== undefined;
    const bound = await server.listen(secured ? { ...wanted, tls } : wanted);
    log.info(`API listen on ${formatAddress(bound)}`);
    const warning = bound.kind === 'tcp' ? exposureWarning(bound, tls) : undefined;
    if (warning !== undefined) log.warn(warning);
  }
}

function addressesOf(host: DaemonHost): readonly ListenAddress[] {
  if (host.kind === 'tcp') return [host];
  if (host.kind === 'unix') return [unixAddress(host.path, host.group)];
  return passedSockets(host.which, process.env).map((fd) => ({ kind: 'fd', fd }));
}

const usualGroup = 'docker';

/** @throws EngineError invalid, when somebody asked for a group that there is not */
function unixAddress(path: string, group: string | undefined): ListenAddress {
  const groupId = findGroup(group ?? usualGroup);
  if (groupId !== undefined) return { kind: 'unix', path, groupId };
  if (group === undefined) return { kind: 'unix', path };
  throw new EngineError('invalid', `can't create unix socket ${path}: group ${group} not found`);
}

function formatAddress(address: ListenAddress): string {
  if (address.kind === 'unix') return address.path;
  return address.kind === 'fd' ? `fd ${address.fd}` : `${address.host}:${address.port}`;
}

/** What Docker says of a host that lets more than the root of this machine in; undefined for a safe one. */
export function exposureWarning(
  { host, port }: { readonly host: string; readonly port: number },
  tls: { readonly ca?: unknown } | undefined,
): string | undefined {
  if (tls?.ca !== undefined) return undefined;
  const exposure =
    tls === undefined
      ? `http://${host}:${port} without encryption`
      : `https://${host}:${port} without TLS client verification`;
  return `WARNING: API is accessible on ${exposure}.
         Access to the remote API is equivalent to root access on the host. Refer
         to the 'Docker daemon attack surface' section in the documentation for
         more information: https://docs.docker.com/go/attack-surface/`;
}
