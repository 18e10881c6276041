import type { EndpointSettings } from '#api';
import { checkMacAddress, endpointOf, type NetworkAttachment, parseNetwork } from './network.ts';
import type { CreateValues } from './types.ts';

export interface Networks {
  /** The network that the container's mode names: the first. */
  readonly mode: string;
  readonly endpoints: Readonly<Record<string, EndpointSettings>>;
}

/**
 * The networks of `--network` flags; flags that name no network (`--ip`, `--network-alias` …) are for
 * the first. @throws Error with the stock client's words for a contradiction
 */
export function combineNetworks(values: CreateValues): Networks {
  const given = [...values.network, ...values.net];
  const [first, ...others] = given.length === 0 ? [parseNetwork('default')] : given;
  const main = withPlainFlags(first as NetworkAttachment, values);
  const endpoints: Record<string, EndpointSettings> = {};
  for (const attachment of [main, ...others]) {
    if (attachment.target === '') throw new Error('no name set for network');
    checkAlone(attachment, given.length);
    if (attachment.target in endpoints)
      throw new Error(`network ${JSON.stringify(attachment.target)} is specified multiple times`);
    endpoints[attachment.target] = endpointOf(attachment);
  }
  const isPlain = given.length === 1 && JSON.stringify(main) === JSON.stringify(parseNetwork(main.target));
  return { mode: main.target, endpoints: isPlain ? {} : endpoints };
}

function withPlainFlags(attachment: NetworkAttachment, values: CreateValues): NetworkAttachment {
  const aliases = [...values['network-alias'], ...values['net-alias']];
  const links = isUserDefined(attachment.target) ? values.link : [];
  const plain: Partial<NetworkAttachment> = {
    ...(aliases.length === 0 ? {} : { aliases }),
    ...(links.length === 0 ? {} : { links }),
    ...(values.ip === '' ? {} : { ip: values.ip }),
    ...(values.ip6 === '' ? {} : { ip6: values.ip6 }),
    ...(values['link-local-ip'].length === 0 ? {} : { linkLocalIps: values['link-local-ip'] }),
    ...(values['mac-address'] === '' ? {} : { macAddress: checkMacAddress(values['mac-address'].trim()) }),
  };
  if (aliases.length > 0 && !isUserDefined(attachment.target)) {
    throw new Error('network-scoped aliases are only supported for user-defined networks');
  }
  for (const key of Object.keys(plain) as (keyof typeof plainNames)[]) checkConflict(attachment, key);
  return { ...attachment, ...plain };
}

/** How the flags and the parts of `--network` that mean the same are called in messages. */
const plainNames = {
  aliases: ['network-alias', 'alias'],
  links: ['link', 'link'],
  ip: ['ip', 'IPv4 address'],
  ip6: ['ip6', 'IPv6 address'],
  linkLocalIps: ['link-local-ip', 'link-local IP addresses'],
  macAddress: ['mac-address', 'MAC address'],
} as const;

function checkConflict(attachment: NetworkAttachment, key: keyof typeof plainNames): void {
  if (attachment[key].length === 0) return;
  const [flag, part] = plainNames[key];
  throw new Error(`conflicting options: cannot specify both --${flag} and per-network ${part}`);
}

/** A network of the host or of another container cannot be one of several, nor have aliases. */
function checkAlone({ target }: NetworkAttachment, count: number): void {
  if (count > 1 && (target === 'host' || target === 'none' || target.startsWith('container:'))) {
    throw new Error(
      `conflicting options: cannot attach both user-defined and non-user-defined network-modes`,
    );
  }
}

function isUserDefined(target: string): boolean {
  return !['default', 'bridge', 'host', 'none'].includes(target) && !target.startsWith('container:');
}
