import type { ImageHistoryItem } from '#api';
import { humanDuration } from '#base';
import { imagePath } from '#client';
import { always, defineCommand, exactly } from '../command.ts';
import { bool, text } from '../flags/index.ts';
import { chooseFormat, type Listing, type Row, RowFormat } from '../format/rows.ts';
import { decimalSize } from '../format/size.ts';
import { ellipsis, localRfc3339, shortId } from '../format/text.ts';
import { formatFlagSummary } from '../listing-flags.ts';
import { encodePlatform, invalidPlatform } from './platform.ts';

const listing: Listing = {
  typeName: '*image.historyContext',
  headers: {
    ID: 'IMAGE',
    CreatedSince: 'CREATED',
    CreatedAt: 'CREATED AT',
    CreatedBy: 'CREATED BY',
    Size: 'SIZE',
    Comment: 'COMMENT',
  },
};

export const command = defineCommand({
  synopsis: ['[OPTIONS] IMAGE'],
  operands: exactly(1),
  flags: {
    format: text(formatFlagSummary),
    human: bool('Print sizes and dates in human readable format', 'H', true),
    'no-trunc': bool("Don't truncate output"),
    platform: text(
      'Show history for the given platform. Formatted as "os[/arch[/variant]]" (e.g., "linux/amd64")',
    ),
    quiet: bool('Only show image IDs', 'q'),
  },
  warm: always,
  async run({ caller, client }, { values, operands: [name = ''] }) {
    const created = values.human ? '{{.CreatedSince}}' : '{{.CreatedAt}}';
    const table = `table {{.ID}}\t${created}\t{{.CreatedBy}}\t{{.Size}}\t{{.Comment}}`;
    const format = chooseFormat({ flag: values.format, table, quietField: values.quiet ? 'ID' : undefined });
    const items = await client.json<ImageHistoryItem[]>({
      method: 'GET',
      path: `/images/${imagePath(name)}/history`,
      query: { platform: await encodePlatform(values.platform, invalidPlatform) },
    });
    const rows = items.map((item) => historyRow(item, values['no-trunc'], values.human));
    caller.writeOut(new RowFormat(format, listing).print(rows));
  },
});

const commandLength = 45;

function historyRow(item: ImageHistoryItem, full: boolean, human: boolean): Row {
  const createdBy = item.CreatedBy.replaceAll('\t', ' ');
  return {
    ID: full ? item.Id : shortId(item.Id),
    CreatedSince: () =>
      item.Created <= 0 ? 'N/A' : `${humanDuration(Date.now() - item.Created * 1000)} ago`,
    CreatedAt: () => (item.Created <= 0 ? '' : localRfc3339(new Date(item.Created * 1000)).join('')),
    CreatedBy: full ? createdBy : ellipsis(createdBy, commandLength),
    Size: () => (human ? decimalSize(item.Size, 3) : String(item.Size)),
    Comment: item.Comment,
  };
}
