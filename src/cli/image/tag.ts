import { imagePath } from '#client';
import { always, defineCommand, exactly } from '../command.ts';

export const command = defineCommand({
  synopsis: ['SOURCE_IMAGE[:TAG] TARGET_IMAGE[:TAG]'],
  operands: exactly(2),
  flags: {},
  warm: always,
  async run({ client }, { operands: [source = '', target = ''] }) {
    const { familiarName, parseReference } = await import('#oci');
    const reference = parseReference(target);
    if (reference.digest !== undefined) throw new Error('refusing to create a tag with a digest reference');
    const query = { repo: familiarName(reference), tag: reference.tag ?? 'latest' };
    await client.call({ method: 'POST', path: `/images/${imagePath(source)}/tag`, query });
  },
});
