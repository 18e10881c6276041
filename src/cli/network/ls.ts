import type { NetworkSummary } from '#api';
import { always, defineCommand, noOperands } from '../command.ts';
import { encodeFilters } from '../filters.ts';
import { bool, text } from '../flags/index.ts';
import { chooseFormat, type Listing, type Row, RowFormat } from '../format/rows.ts';
import { goTime, joinLabels, shortId } from '../format/text.ts';
import { filterFlag, formatFlagSummary } from '../listing-flags.ts';

const listing: Listing = {
  typeName: '*network.networkContext',
  headers: {
    ID: 'NETWORK ID',
    Name: 'NAME',
    Driver: 'DRIVER',
    Scope: 'SCOPE',
    IPv4: 'IPV4',
    IPv6: 'IPV6',
    Internal: 'INTERNAL',
    Labels: 'LABELS',
    CreatedAt: 'CREATED AT',
  },
};

export const command = defineCommand({
  synopsis: ['[OPTIONS]'],
  operands: noOperands,
  flags: {
    filter: { ...filterFlag, summary: 'Provide filter values (e.g. "driver=bridge")' },
    format: text(formatFlagSummary),
    'no-trunc': bool('Do not truncate the output'),
    quiet: bool('Only display network IDs', 'q'),
  },
  warm: always,
  async run({ caller, client, config }, { values }) {
    const table = 'table {{.ID}}\t{{.Name}}\t{{.Driver}}\t{{.Scope}}';
    const format = chooseFormat({
      flag: values.format,
      configured: config.networksFormat,
      table,
      quietField: values.quiet ? 'ID' : undefined,
      raw: [
        ['network_id', 'ID'],
        ['name', 'Name'],
        ['driver', 'Driver'],
        ['scope', 'Scope'],
      ],
    });
    const query = { filters: encodeFilters(values.filter) };
    const networks = await client.json<NetworkSummary[]>({ method: 'GET', path: '/networks', query });
    const sorted = [...networks].sort((a, b) => (a.Name < b.Name ? -1 : Number(a.Name > b.Name)));
    caller.writeOut(
      new RowFormat(format, listing).print(sorted.map((network) => networkRow(network, values['no-trunc']))),
    );
  },
});

function networkRow(network: NetworkSummary, full: boolean): Row {
  return {
    ID: full ? network.Id : shortId(network.Id),
    Name: network.Name,
    Driver: network.Driver,
    Scope: network.Scope,
    IPv4: String(network.EnableIPv4),
    IPv6: String(network.EnableIPv6),
    Internal: String(network.Internal),
    Labels: () => joinLabels(network.Labels),
    Label: (name) => network.Labels?.[String(name)] ?? '',
    CreatedAt: () => goTime(network.Created),
  };
}
