import { EngineError, errorMessage, parseTruth } from '#base';
import { type AddressFamily, tryParseAddress } from '../ipam/address.ts';
import type { BridgeSettings, GatewayMode, NetworkOptions } from '../types.ts';

const prefix = 'com.docker.network';
const defaultMtu = 1500;

/**
 * What the driver options of a bridge network come to; unknown options are left alone. `device` is the name for a
 * bridge that is given none.
 * @throws EngineError in Docker's words
 */
export function readBridgeOptions(
  options: NetworkOptions,
  { device, internal }: { readonly device: string; readonly internal: boolean },
): BridgeSettings {
  const read = <T>(name: string, parse: (text: string) => T) =>
    readOption(options, `${prefix}.${name}`, parse);
  const gatewayModes = {
    ipv4: read('bridge.gateway_mode_ipv4', parseGatewayMode) ?? 'nat',
    ipv6: read('bridge.gateway_mode_ipv6', parseGatewayMode) ?? 'nat',
  };
  if (!internal && Object.values(gatewayModes).includes('isolated')) {
    throw new EngineError('invalid', "gateway mode 'isolated' can only be used for an internal network");
  }
  return {
    device: checkDeviceName(options[`${prefix}.bridge.name`] || device),
    mtu: readMtu(options),
    masquerade: read('bridge.enable_ip_masquerade', parseTruth) ?? true,
    interContainer: read('bridge.enable_icc', parseTruth) ?? true,
    defaultBinding: read('bridge.host_binding_ipv4', parseHostAddress) ?? '0.0.0.0',
    gatewayModes,
    sourceAddresses: {
      ipv4: read('host_ipv4', (text) => parseSource(4, text)),
      ipv6: read('host_ipv6', (text) => parseSource(6, text)),
    },
    trustedInterfaces: (options[`${prefix}.bridge.trusted_host_interfaces`] ?? '').split(':').filter(Boolean),
    interfacePrefix: checkInterfacePrefix(options[`${prefix}.container_iface_prefix`] || 'eth'),
    withoutIpv4: read('bridge.inhibit_ipv4', parseTruth) ?? false,
  };
}

/** Whether a bridge lets packets through that are large enough for IPv6. */
export function carriesIpv6({ mtu }: Pick<BridgeSettings, 'mtu'>): boolean {
  return mtu >= 1280;
}

function readOption<T>(options: NetworkOptions, key: string, parse: (text: string) => T): T | undefined {
  const text = options[key];
  if (text === undefined) return undefined;
  try {
    return parse(text);
  } catch (error) {
    throw new EngineError('invalid', `failed to parse ${key} value: ${text} (${errorMessage(error)})`);
  }
}

function parseGatewayMode(text: string): GatewayMode {
  if (text === 'nat' || text === 'nat-unprotected' || text === 'routed' || text === 'isolated') return text;
  throw new EngineError('invalid', `unknown gateway mode ${text}`);
}

function parseHostAddress(text: string): string {
  if (tryParseAddress(text) === undefined) throw new EngineError('invalid', 'nil ip');
  return text;
}

function parseSource(family: AddressFamily, text: string): string {
  if (tryParseAddress(text)?.family === family) return text;
  throw new EngineError('invalid', 'nil ip');
}

/** What the kernel takes for a bridge; 0 means the default. */
function readMtu(options: NetworkOptions): number {
  const mtu = readOption(options, `${prefix}.driver.mtu`, parseInteger) ?? 0;
  if (mtu === 0) return defaultMtu;
  if (mtu < 68 || mtu > 65_535) throw new EngineError('invalid', `invalid MTU number: ${mtu}`);
  return mtu;
}

function parseInteger(text: string): number {
  if (/^[+-]?\d{1,15}$/.test(text)) return Number(text);
  throw new EngineError('invalid', `strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`);
}

function checkDeviceName(name: string): string {
  if (isDeviceName(name) && Buffer.byteLength(name) <= 15) return name;
  throw new EngineError('invalid', `invalid interface name ${JSON.stringify(name)}`);
}

/** A link's name with room for a number. */
function checkInterfacePrefix(name: string): string {
  if (isDeviceName(name) && Buffer.byteLength(name) <= 12) return name;
  throw new EngineError('invalid', `invalid interface prefix ${JSON.stringify(name)}`);
}

/** Whether the kernel takes it as the name of a link, but for its length. */
function isDeviceName(name: string): boolean {
  return /^[^\s/:\p{Cc}]+$/u.test(name) && name !== '.' && name !== '..';
}
