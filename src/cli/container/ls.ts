import type { ContainerSummary } from '#api';
import { always, defineCommand, noOperands } from '../command.ts';
import { encodeFilters } from '../filters.ts';
import { bool, int, text } from '../flags/index.ts';
import { chooseFormat, RowFormat } from '../format/rows.ts';
import { filterFlag, formatFlagSummary } from '../listing-flags.ts';
import { containerListing, containerRow } from './row.ts';

const columns = '{{.ID}}\t{{.Image}}\t{{.Command}}\t{{.RunningFor}}\t{{.Status}}\t{{.Ports}}\t{{.Names}}';

const rawLines = [
  ['container_id', 'ID'],
  ['image', 'Image'],
  ['command', 'Command'],
  ['created_at', 'CreatedAt'],
  ['state', 'State'],
  ['status', 'Status'],
  ['names', 'Names'],
  ['labels', 'Labels'],
  ['ports', 'Ports'],
] as const;

/** A container with nothing set, to see whether a format asks only for what there is. */
const sample: ContainerSummary = {
  Id: '',
  Names: [],
  Image: '',
  ImageID: '',
  Command: '',
  Created: 0,
  Ports: [],
  Labels: {},
  State: 'created',
  Status: '',
  HostConfig: { NetworkMode: '' },
  NetworkSettings: { Networks: {} },
  Mounts: [],
};

export const command = defineCommand({
  synopsis: ['[OPTIONS]'],
  operands: noOperands,
  flags: {
    all: bool('Show all containers (default shows just running)', 'a'),
    filter: filterFlag,
    format: text(formatFlagSummary),
    last: int('Show n last created containers (includes all states)', { short: 'n', initial: -1 }),
    latest: bool('Show the latest created container (includes all states)', 'l'),
    'no-trunc': bool("Don't truncate output"),
    quiet: bool('Only display container IDs', 'q'),
    size: bool('Display total file sizes', 's'),
  },
  warm: always,
  async run({ caller, client, config }, { values, given }) {
    if (values.quiet && values.format !== '') {
      caller.writeError('WARNING: Ignoring custom format, because both --format and --quiet are set.\n');
    }
    const format = chooseFormat({
      flag: values.quiet && values.format !== 'raw' ? '' : values.format,
      configured: config.psFormat,
      table: `table ${columns}${values.size ? '\t{{.Size}}' : ''}`,
      quietField: values.quiet ? 'ID' : undefined,
      raw: values.size ? [...rawLines, ['size', 'Size']] : rawLines,
    });
    const rowFormat = new RowFormat(format, containerListing);
    if (given.has('format')) rowFormat.print([containerRow(sample, true)]);
    const limit = values.latest && values.last === -1 ? 1 : values.last;
    const containers = await client.json<ContainerSummary[]>({
      method: 'GET',
      path: '/containers/json',
      query: {
        all: values.all,
        limit: limit > 0 ? limit : undefined,
        size: values.size || (!given.has('size') && /\.Size\b|json \.}}/.test(format)),
        filters: encodeFilters(values.filter),
      },
    });
    caller.writeOut(
      rowFormat.print(containers.map((container) => containerRow(container, values['no-trunc']))),
    );
  },
});
