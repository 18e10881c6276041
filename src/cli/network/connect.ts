import { segment } from '#client';
import { always, defineCommand, exactly } from '../command.ts';
import { pairsToMap } from '../container/env.ts';
import { int, list, strings, text } from '../flags/index.ts';

export const command = defineCommand({
  synopsis: ['[OPTIONS] NETWORK CONTAINER'],
  operands: exactly(2),
  flags: {
    alias: strings('Add network-scoped alias for the container'),
    'driver-opt': strings('driver options for the network'),
    'gw-priority': int(
      'Highest gw-priority provides the default gateway. Accepts positive and negative values.',
    ),
    ip: text('IPv4 address (e.g., "172.30.100.104")'),
    ip6: text('IPv6 address (e.g., "2001:db8::33")'),
    link: list('Add link to another container'),
    'link-local-ip': strings('Add a link-local address for the container'),
  },
  warm: always,
  async run({ client }, { values, operands: [network = '', container = ''] }) {
    const json = {
      Container: container,
      EndpointConfig: {
        IPAMConfig: {
          IPv4Address: values.ip,
          IPv6Address: values.ip6,
          LinkLocalIPs: values['link-local-ip'],
        },
        Links: values.link,
        Aliases: values.alias,
        DriverOpts: pairsToMap(values['driver-opt']),
        GwPriority: values['gw-priority'],
      },
    };
    await client.call({ method: 'POST', path: `/networks/${segment(network)}/connect`, json });
  },
});
