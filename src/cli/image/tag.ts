import { imagePath } from '#client';
import type { Reference } from '#oci';
import { always, defineCommand, exactly } from '../command.ts';

export const command = defineCommand({
  synopsis: ['SOURCE_IMAGE[:TAG] TARGET_IMAGE[:TAG]'],
  operands: exactly(2),
  flags: {},
  warm: always,
  async run({ client }, { operands: [source = '', target = ''] }) {
    const { fullName } = await import('#oci');
    const reference = await readTarget(target);
    if (reference.digest !== undefined) throw new Error('refusing to create a tag with a digest reference');
    const query = { repo: fullName(reference), tag: reference.tag ?? 'latest' };
    await client.call({ method: 'POST', path: `/images/${imagePath(source)}/tag`, query });
  },
});

/** @throws Error with the stock client's words */
async function readTarget(target: string): Promise<Reference> {
  const { parseReference } = await import('#oci');
  try {
    return parseReference(target);
  } catch (error) {
    throw new Error(
      `Error parsing reference: ${JSON.stringify(target)} is not a valid repository/tag: ${(error as Error).message}`,
    );
  }
}
