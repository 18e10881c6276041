import { readBridgeOptions } from '../drivers/bridge-options.ts';
import { parseSubnet } from '../ipam/address.ts';
import { planPools } from '../ipam/plan-pools.ts';
import { newNetwork } from '../predefined.ts';
import type { BridgeRecord } from '../types.ts';

const device = 'wharf0';

/** A network of 10.0.0.0/24 with the usual settings. */
export const bridgeRecord: BridgeRecord = {
  ...newNetwork('harbour', 'bridge'),
  pools: planPools({
    requests: [{ subnet: '10.0.0.0/24' }],
    families: [4],
    gatewayless: [],
    used: [],
    choose: () => parseSubnet('10.0.0.0/24'),
  }),
  bridge: readBridgeOptions({}, { device, internal: false }),
};
