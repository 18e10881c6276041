import type { Volume } from '#api';
import { always, defineCommand, noOperands } from '../command.ts';
import { encodeFilters } from '../filters.ts';
import { bool, text } from '../flags/index.ts';
import { chooseFormat, RowFormat } from '../format/rows.ts';
import { filterFlag, formatFlagSummary } from '../listing-flags.ts';
import { volumeListing, volumeRow } from './row.ts';

export const command = defineCommand({
  synopsis: ['[OPTIONS]'],
  operands: noOperands,
  flags: {
    cluster: bool('Display only cluster volumes, and use cluster volume list formatting'),
    filter: { ...filterFlag, summary: 'Provide filter values (e.g. "dangling=true")' },
    format: text(formatFlagSummary),
    quiet: bool('Only display volume names', 'q'),
  },
  warm: always,
  async run({ caller, client, config }, { values }) {
    const table = 'table {{.Driver}}\t{{.Name}}';
    const format = chooseFormat({
      flag: values.format,
      configured: config.volumesFormat,
      table,
      quietField: values.quiet ? 'Name' : undefined,
      raw: [
        ['name', 'Name'],
        ['driver', 'Driver'],
      ],
    });
    const query = { filters: encodeFilters(values.filter) };
    const { Volumes } = await client.json<{ Volumes: Volume[] | null }>({
      method: 'GET',
      path: '/volumes',
      query,
    });
    const sorted = [...(Volumes ?? [])].sort((a, b) => (a.Name < b.Name ? -1 : Number(a.Name > b.Name)));
    caller.writeOut(new RowFormat(format, volumeListing).print(sorted.map(volumeRow)));
  },
});
