import type { ImageRemoteTags } from '#api';
import { imagePath } from '#client';
import { familiarName, parseReference } from '#oci';
import { defineCommand, exactly } from '../command.ts';
import { registryAuth } from '../credentials/index.ts';
import { text } from '../flags/index.ts';
import { chooseFormat, type Listing, RowFormat } from '../format/rows.ts';
import { formatFlagSummary } from '../listing-flags.ts';

const listing: Listing = {
  typeName: '*image.tagContext',
  headers: { Repository: 'REPOSITORY', Tag: 'TAG' },
};

export const command = defineCommand({
  synopsis: ['[OPTIONS] REPOSITORY'],
  operands: exactly(1),
  flags: { format: text(formatFlagSummary) },
  async run(session, { values, operands: [name = ''] }) {
    const format = chooseFormat({
      flag: values.format || '{{.Tag}}',
      table: 'table {{.Repository}}\t{{.Tag}}',
    });
    const reference = parseReference(name);
    const { Tags } = await session.client.json<ImageRemoteTags>({
      method: 'GET',
      path: `/images/${imagePath(familiarName(reference))}/tags`,
      headers: { 'X-Registry-Auth': await registryAuth(session, reference.domain) },
    });
    const rows = Tags.map((tag) => ({ Repository: familiarName(reference), Tag: tag }));
    await session.caller.writeOut(new RowFormat(format, listing).print(rows));
  },
});
