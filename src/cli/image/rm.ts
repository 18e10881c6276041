import type { ImageDeleteItem } from '#api';
import { imagePath } from '#client';
import { always, atLeast, defineCommand } from '../command.ts';
import { bool, strings } from '../flags/index.ts';
import { NamesError } from '../names.ts';
import { encodePlatform } from './platform.ts';

export const command = defineCommand({
  synopsis: ['[OPTIONS] IMAGE [IMAGE...]'],
  operands: atLeast(1),
  flags: {
    force: bool('Force removal of the image', 'f'),
    'no-prune': bool('Do not delete untagged parents'),
    platform: strings(
      'Remove only the given platform variant. Formatted as "os[/arch[/variant]]" (e.g., "linux/amd64")',
    ),
  },
  warm: always,
  async run({ caller, client }, { operands, values }) {
    const platforms = await Promise.all(
      values.platform.map(async (name) => (await encodePlatform(name)) ?? ''),
    );
    const query = { force: values.force, noprune: values['no-prune'], platforms };
    const failures: { name: string; error: unknown }[] = [];
    for (const name of operands) {
      try {
        const items = await client.json<ImageDeleteItem[]>({
          method: 'DELETE',
          path: `/images/${imagePath(name)}`,
          query,
        });
        caller.writeOut(items.map(describeItem).join(''));
      } catch (error) {
        failures.push({ name, error });
      }
    }
    if (failures.length === 0) return;
    const failure = new NamesError(failures);
    if (!(values.force && failure.onlyMissing)) throw failure;
    caller.writeError(`${failure.message}\n`);
  },
});

function describeItem(item: ImageDeleteItem): string {
  return 'Deleted' in item && item.Deleted
    ? `Deleted: ${item.Deleted}\n`
    : `Untagged: ${(item as { Untagged: string }).Untagged}\n`;
}
