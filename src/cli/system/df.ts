import type { DiskUsage } from '#api';
import { always, defineCommand, noOperands } from '../command.ts';
import { bool, text } from '../flags/index.ts';
import { chooseFormat, RowFormat } from '../format/rows.ts';
import { formatFlagSummary } from '../listing-flags.ts';
import { summaryListing, summaryRows } from './usage/summary.ts';

const columns = 'table {{.Type}}\t{{.TotalCount}}\t{{.Active}}\t{{.Size}}\t{{.Reclaimable}}';

export const command = defineCommand({
  synopsis: ['[OPTIONS]'],
  operands: noOperands,
  flags: {
    format: text(formatFlagSummary),
    verbose: bool('Show detailed information on space usage', 'v'),
  },
  warm: always,
  async run({ caller, client }, { values }) {
    const query = { 'data-root': values.verbose && caller.program === 'wharf' };
    const usage = await client.json<DiskUsage>({ method: 'GET', path: '/system/df', query });
    if (values.verbose) {
      const { detailTables, formatDetails } = await import('./usage/details.ts');
      const isTable = values.format === '' || values.format === 'table';
      caller.writeOut(isTable ? detailTables(usage) : formatDetails(usage, values.format));
      return;
    }
    const format = chooseFormat({ flag: values.format, table: columns });
    caller.writeOut(new RowFormat(format, summaryListing).print(summaryRows(usage)));
  },
});
