import type { EndpointSettings } from '#api';
import { parseCsv } from './csv.ts';

/** One `--network`: its name, and what was said of the attachment. */
export interface NetworkAttachment {
  readonly target: string;
  readonly aliases: readonly string[];
  readonly links: readonly string[];
  readonly driverOptions: Readonly<Record<string, string>>;
  readonly ip: string;
  readonly ip6: string;
  readonly linkLocalIps: readonly string[];
  readonly macAddress: string;
  readonly gatewayPriority: number;
}

const bare: Omit<NetworkAttachment, 'target'> = {
  aliases: [],
  links: [],
  driverOptions: {},
  ip: '',
  ip6: '',
  linkLocalIps: [],
  macAddress: '',
  gatewayPriority: 0,
};

/** A network's name, or `name=…,alias=…,ip=…`. @throws Error with the stock client's words */
export function parseNetwork(text: string): NetworkAttachment {
  if (!/^\w+=.+/.test(text)) return { ...bare, target: text };
  let attachment: NetworkAttachment = { ...bare, target: '' };
  for (const field of parseCsv(text)) {
    const [key = '', value] = field.split(/=(.*)/s);
    if (value === undefined) throw new Error(`invalid field ${field}`);
    attachment = { ...attachment, ...readPart(attachment, key.trim().toLowerCase(), value.trim()) };
  }
  if (attachment.target === '') throw new Error('network name/id is not specified');
  return attachment;
}

function readPart(so: NetworkAttachment, key: string, value: string): Partial<NetworkAttachment> {
  switch (key) {
    case 'name':
      return { target: value };
    case 'alias':
      return { aliases: [...so.aliases, value] };
    case 'ip':
      return { ip: value };
    case 'ip6':
      return { ip6: value };
    case 'mac-address':
      return { macAddress: checkMacAddress(value) };
    case 'link-local-ip':
      return { linkLocalIps: [...so.linkLocalIps, value] };
    case 'driver-opt':
      return { driverOptions: { ...so.driverOptions, ...readOption(value) } };
    case 'gw-priority':
      return { gatewayPriority: readPriority(value) };
    default:
      throw new Error(`invalid field key ${key}`);
  }
}

function readOption(value: string): Record<string, string> {
  const [name = '', content] = value.split(/=(.*)/s);
  if (content === undefined || name === '')
    throw new Error('invalid key value pair format in driver options');
  return { [name.trim().toLowerCase()]: content.trim() };
}

function readPriority(value: string): number {
  if (!/^[+-]?\d+$/.test(value)) throw new Error(`invalid gw-priority: ${value}`);
  return Number(value);
}

export function checkMacAddress(text: string): string {
  if (!/^([0-9a-f]{2}([:-])[0-9a-f]{2}(\2[0-9a-f]{2}){4})$/i.test(text))
    throw new Error(`${text} is not a valid mac address`);
  return text;
}

/** The wire's form of an attachment. */
export function endpointOf(attachment: NetworkAttachment): EndpointSettings {
  const { aliases, links, driverOptions, ip, ip6, linkLocalIps, macAddress, gatewayPriority } = attachment;
  const hasAddress = ip !== '' || ip6 !== '' || linkLocalIps.length > 0;
  const addresses = {
    ...(ip === '' ? {} : { IPv4Address: ip }),
    ...(ip6 === '' ? {} : { IPv6Address: ip6 }),
    ...(linkLocalIps.length === 0 ? {} : { LinkLocalIPs: linkLocalIps }),
  };
  return {
    IPAMConfig: hasAddress ? addresses : null,
    Links: links.length === 0 ? null : links,
    Aliases: aliases.length === 0 ? null : aliases,
    MacAddress: macAddress,
    DriverOpts: Object.keys(driverOptions).length === 0 ? null : driverOptions,
    GwPriority: gatewayPriority,
    NetworkID: '',
    EndpointID: '',
    Gateway: '',
    IPAddress: '',
    IPPrefixLen: 0,
    IPv6Gateway: '',
    GlobalIPv6Address: '',
    GlobalIPv6PrefixLen: 0,
    DNSNames: null,
  };
}
