import type { Volume } from '#api';
import { defineCommand, noOperands } from '../command.ts';
import { encodeFilters } from '../filters.ts';
import { bool, text } from '../flags/index.ts';
import { chooseFormat, type Listing, type Row, RowFormat } from '../format/rows.ts';
import { decimalSize } from '../format/size.ts';
import { joinLabels } from '../format/text.ts';
import { filterFlag, formatFlagSummary } from '../listing-flags.ts';
import { writeOut } from '../output.ts';

const listing: Listing = {
  typeName: '*formatter.volumeContext',
  headers: {
    Name: 'VOLUME NAME',
    Driver: 'DRIVER',
    Scope: 'SCOPE',
    Mountpoint: 'MOUNTPOINT',
    Labels: 'LABELS',
    Links: 'LINKS',
    Size: 'SIZE',
    Group: 'GROUP',
    Availability: 'AVAILABILITY',
    Status: 'STATUS',
  },
};

const none = 'N/A';

export const command = defineCommand({
  synopsis: ['[OPTIONS]'],
  operands: noOperands,
  flags: {
    cluster: bool('Display only cluster volumes, and use cluster volume list formatting'),
    filter: { ...filterFlag, summary: 'Provide filter values (e.g. "dangling=true")' },
    format: text(formatFlagSummary),
    quiet: bool('Only display volume names', 'q'),
  },
  async run({ client, config }, { values }) {
    const table = 'table {{.Driver}}\t{{.Name}}';
    const format = chooseFormat(
      values.format,
      config.volumesFormat,
      table,
      values.quiet ? 'Name' : undefined,
    );
    const query = { filters: encodeFilters(values.filter) };
    const { Volumes } = await client.json<{ Volumes: Volume[] | null }>({
      method: 'GET',
      path: '/volumes',
      query,
    });
    const sorted = [...(Volumes ?? [])].sort((a, b) => (a.Name < b.Name ? -1 : Number(a.Name > b.Name)));
    writeOut(new RowFormat(format, listing).print(sorted.map(volumeRow)));
  },
});

function volumeRow(volume: Volume): Row {
  const usage = volume.UsageData;
  return {
    Name: volume.Name,
    Driver: volume.Driver,
    Scope: volume.Scope,
    Mountpoint: volume.Mountpoint,
    Labels: () => joinLabels(volume.Labels),
    Label: (name) => volume.Labels?.[String(name)] ?? '',
    Links: usage === undefined || usage === null ? none : String(usage.RefCount),
    Size: usage === undefined || usage === null ? none : decimalSize(usage.Size),
    Group: none,
    Availability: none,
    Status: none,
  };
}
