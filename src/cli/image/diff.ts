import type { ImageDifference } from '#api';
import { imagePath } from '#client';
import { always, defineCommand, exactly } from '../command.ts';
import { text } from '../flags/index.ts';
import { chooseFormat, type Listing, type Row, RowFormat } from '../format/rows.ts';
import { decimalSize } from '../format/size.ts';
import { formatFlagSummary } from '../listing-flags.ts';

const listing: Listing = {
  typeName: '*image.diffContext',
  headers: { Kind: 'KIND', Path: 'PATH', SizeChange: 'SIZE CHANGE' },
};
const letters = { 0: 'C', 1: 'A', 2: 'D' } as const;
const plain = '{{.Kind}} {{.Path}}';

export const command = defineCommand({
  synopsis: ['[OPTIONS] IMAGE IMAGE'],
  description: `Show what differs between the files of two images: what the second one has changed (C),
added (A) or does not have (D).`,
  operands: exactly(2),
  flags: { format: text(formatFlagSummary) },
  warm: always,
  async run({ caller, client }, { values, operands: [from = '', to = ''] }) {
    const format = chooseFormat({
      flag: values.format || plain,
      table: 'table {{.Kind}}\t{{.Path}}\t{{.SizeChange}}',
    });
    const differences = await client.json<ImageDifference[]>({
      method: 'GET',
      path: `/images/${imagePath(from)}/diff`,
      query: { with: to },
    });
    await caller.writeOut(new RowFormat(format, listing).print(differences.map(differenceRow)));
  },
});

function differenceRow({ Path, Kind, SizeChange }: ImageDifference): Row {
  const size = decimalSize(Math.abs(SizeChange), 3);
  return { Kind: letters[Kind], Path, SizeChange: `${SizeChange < 0 ? '-' : '+'}${size}` };
}
