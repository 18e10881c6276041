import { EngineError, parseTruth } from '#base';
import type { AddressFamily } from './ipam/address.ts';
import type { CreateNetworkRequest } from './types.ts';

/**
 * The families that a network is to have. Who says nothing gets IPv4 and, where `ipv6` has it so, IPv6; but who names
 * subnets means those of their families, and scripts that read them back expect no more.
 * @throws EngineError invalid, when there is none
 */
export function chooseFamilies(
  { ipv4, ipv6, pools = [], options = {} }: CreateNetworkRequest,
  byDefault: { readonly ipv6: boolean },
): AddressFamily[] {
  const namesIpv6 = pools.some(({ subnet }) => subnet?.includes(':'));
  const families: AddressFamily[] = [];
  if (ipv4 ?? familyOption(options, 'enable_ipv4') ?? true) families.push(4);
  if (ipv6 ?? familyOption(options, 'enable_ipv6') ?? (pools.length > 0 ? namesIpv6 : byDefault.ipv6)) {
    families.push(6);
  }
  if (families.length === 0) throw new EngineError('invalid', 'IPv4 or IPv6 must be enabled');
  return families;
}

function familyOption(options: Readonly<Record<string, string>>, name: string): boolean | undefined {
  const key = `com.docker.network.${name}`;
  const text = options[key];
  if (text === undefined) return undefined;
  try {
    return parseTruth(text);
  } catch {
    throw new EngineError('invalid', `driver-opt ${JSON.stringify(key)} is not a valid bool`);
  }
}
