import type { IpamConfig, NetworkCreateRequest, NetworkCreateResponse } from '#api';
import { always, defineCommand, exactly } from '../command.ts';
import { pairsToMap } from '../container/env.ts';
import { bool, type FlagValues, list, pairs, strings, text } from '../flags/index.ts';

const flags = {
  attachable: bool('Enable manual container attachment'),
  'aux-address': pairs('Auxiliary IPv4 or IPv6 addresses used by Network driver'),
  'config-from': text('The network from which to copy the configuration'),
  'config-only': bool('Create a configuration only network'),
  driver: text('Driver to manage the Network', { short: 'd', initial: 'bridge' }),
  gateway: strings('IPv4 or IPv6 Gateway for the master subnet'),
  ingress: bool('Create swarm routing-mesh network'),
  internal: bool('Restrict external access to the network'),
  'ip-range': strings('Allocate container ip from a sub-range'),
  'ipam-driver': text('IP Address Management Driver', { initial: 'default' }),
  'ipam-opt': pairs('Set IPAM driver specific options'),
  ipv4: bool('Enable or disable IPv4 address assignment', undefined, true),
  ipv6: bool('Enable or disable IPv6 address assignment'),
  label: list('Set metadata on a network'),
  opt: pairs('Set driver specific options', { short: 'o' }),
  scope: text("Control the network's scope"),
  subnet: strings('Subnet in CIDR format that represents a network segment'),
};

export const command = defineCommand({
  synopsis: ['[OPTIONS] NETWORK'],
  operands: exactly(1),
  flags,
  warm: always,
  async run({ caller, client }, { operands: [name = ''], values, given }) {
    const json: Partial<NetworkCreateRequest> = {
      Name: name,
      Driver: values.driver,
      Scope: values.scope,
      ...(given.has('ipv4') ? { EnableIPv4: values.ipv4 } : {}),
      ...(given.has('ipv6') ? { EnableIPv6: values.ipv6 } : {}),
      IPAM: { Driver: values['ipam-driver'], Options: values['ipam-opt'], Config: combinePools(values) },
      Internal: values.internal,
      Attachable: values.attachable,
      Ingress: values.ingress,
      ConfigOnly: values['config-only'],
      ConfigFrom: values['config-from'] === '' ? null : { Network: values['config-from'] },
      Options: values.opt,
      Labels: pairsToMap(values.label),
    };
    const request = { method: 'POST', path: '/networks/create', json } as const;
    const { Id: id, Warning: warning } = await client.json<NetworkCreateResponse>(request);
    if (warning) caller.writeError(`WARNING: ${warning}\n`);
    caller.writeOut(`${id}\n`);
  },
});

/** One pool a subnet, each with the range, gateway and reserved addresses that lie in it. */
function combinePools(values: FlagValues<typeof flags>): IpamConfig[] {
  const { subnet: subnets, gateway: gateways, 'ip-range': ranges, 'aux-address': reserved } = values;
  if (subnets.length < ranges.length || subnets.length < gateways.length) {
    throw new Error('every ip-range or gateway must have a corresponding subnet');
  }
  const placeOf = (kind: string, address: string) => {
    const found = subnets.find((subnet) => contains(subnet, address));
    if (found === undefined) throw new Error(`no matching subnet for ${kind} ${address}`);
    return found;
  };
  const rangeOf = new Map(ranges.map((range) => [placeOf('range', range), range]));
  const gatewayOf = new Map(gateways.map((gateway) => [placeOf('gateway', gateway), gateway]));
  return subnets.map((subnet) => {
    const own = Object.entries(reserved).filter(([, address]) => placeOf('aux-address', address) === subnet);
    const [range, gateway] = [rangeOf.get(subnet), gatewayOf.get(subnet)];
    return {
      Subnet: subnet,
      ...(range === undefined ? {} : { IPRange: range }),
      ...(gateway === undefined ? {} : { Gateway: gateway }),
      ...(own.length === 0 ? {} : { AuxiliaryAddresses: Object.fromEntries(own) }),
    };
  });
}

function contains(subnet: string, address: string): boolean {
  const [base = '', length = '0'] = subnet.split('/');
  const [inner = ''] = address.split('/');
  const [a, b] = [addressBits(base), addressBits(inner)];
  return (
    a !== undefined &&
    b !== undefined &&
    a.length === b.length &&
    a.slice(0, Number(length)) === b.slice(0, Number(length))
  );
}

/** An address as a text of ones and zeros. */
function addressBits(address: string): string | undefined {
  const bits = (value: number, width: number) => value.toString(2).padStart(width, '0');
  if (/^\d+(\.\d+){3}$/.test(address))
    return address
      .split('.')
      .map((part) => bits(Number(part), 8))
      .join('');
  if (!address.includes(':')) return undefined;
  const [head = '', tail] = address.split('::');
  const left = head.split(':').filter(Boolean);
  const right = (tail ?? '').split(':').filter(Boolean);
  const zeros = tail === undefined ? 0 : 8 - left.length - right.length;
  return [...left, ...Array<string>(zeros).fill('0'), ...right]
    .map((part) => bits(Number.parseInt(part, 16), 16))
    .join('');
}
