import { checkFilter } from './filters.ts';
import { list } from './flags/index.ts';

const reference = `Refer to https://docs.docker.com/go/formatting/ for more information about formatting output with templates`;

/** The help of `--format` where tables are the default. */
export const formatFlagSummary = `Format output using a custom template:
'table':            Print output in table format with column headers (default)
'table TEMPLATE':   Print output in table format using the given Go template
'json':             Print in JSON format
'TEMPLATE':         Print output using the given Go template.
${reference}`;

/** The help of `--format` where there is no table. */
export const plainFormatFlagSummary = `Format output using a custom template:
'json':             Print in JSON format
'TEMPLATE':         Print output using the given Go template.
${reference}`;

export const filterFlag = list('Filter output based on conditions provided', {
  short: 'f',
  valueName: 'filter',
  check: checkFilter,
});
