import { lookup } from 'node:dns/promises';
import { isIPv4 } from 'node:net';
import { EngineError, errorMessage } from '#base';
import type { LocalSource } from './local-options.ts';

/** The address of a host name. */
export type ResolveHost = (name: string) => Promise<string>;

/**
 * The kernel mounts NFS and CIFS from addresses only: a name in the option `addr=`, or of a share's host, is replaced
 * by its address. Every other source stays as it is.
 * @throws EngineError internal, for a name that is not known
 */
export async function resolveSource(source: LocalSource, resolve: ResolveHost): Promise<LocalSource> {
  if (source.type !== 'nfs' && source.type !== 'cifs') return source;
  const [, address = ''] = /(?:^|,)addr=([^,]*)/.exec(source.options) ?? [];
  if (address !== '' && !isIPv4(address)) {
    const options = source.options.replace(`addr=${address}`, `addr=${await addressOf(address, resolve)}`);
    return { ...source, options };
  }
  const [, host] = (source.type === 'cifs' && /^\/\/([^/]+)/.exec(source.device)) || [];
  if (host === undefined || isIPv4(host)) return source;
  return { ...source, device: source.device.replace(host, await addressOf(host, resolve)) };
}

/** Asks as all programs of this host do: /etc/hosts, then its name servers. */
export const resolveHost: ResolveHost = async (name) => (await lookup(name)).address;

async function addressOf(name: string, resolve: ResolveHost): Promise<string> {
  try {
    return await resolve(name);
  } catch (cause) {
    const isUnknown = errorMessage(cause).includes('ENOTFOUND');
    const reason = isUnknown ? `lookup ${name}: no such host` : errorMessage(cause);
    const message = `error resolving passed in network volume address: ${reason}`;
    throw new EngineError('internal', message, { cause });
  }
}
