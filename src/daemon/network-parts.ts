import type { DefaultBridge, NetworksParts } from '#engine/networks';
import type { NetworkSettings } from './config/settings.ts';

/** What the networks are made of, as the settings have it. */
export function networkParts(network: NetworkSettings, engineId: string): Partial<NetworksParts> {
  const { addressPools: subnetPools, defaultOptions, obeysInput } = network;
  const common = { subnetPools, defaultOptions, obeysInput, engineId };
  return network.bridge === 'none' ? common : { ...common, defaultBridge: defaultBridgeOf(network) };
}

function defaultBridgeOf(network: NetworkSettings): DefaultBridge {
  const { bridge: device, mtu, interContainer, masquerade, publishAddress: defaultBinding } = network;
  const { bip6, fixedCidrV6, defaultGatewayV6 } = network;
  return {
    device,
    ipv4: { address: network.bip, range: network.fixedCidr, gateway: network.defaultGateway },
    ipv6: network.ipv6 ? { address: bip6, range: fixedCidrV6, gateway: defaultGatewayV6 } : undefined,
    mtu,
    interContainer,
    masquerade,
    defaultBinding,
  };
}
