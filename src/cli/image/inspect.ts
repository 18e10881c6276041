import { imagePath } from '#client';
import { always, atLeast, defineCommand } from '../command.ts';
import { text } from '../flags/index.ts';
import { inspectFormatFlag, inspectObjects } from '../inspect-objects.ts';
import { encodePlatform } from './platform.ts';

export const command = defineCommand({
  synopsis: ['[OPTIONS] IMAGE [IMAGE...]'],
  operands: atLeast(1),
  flags: {
    format: inspectFormatFlag,
    platform: text(
      `Inspect a specific platform of the multi-platform image.
If the image or the server is not multi-platform capable, the command will error out if the platform does not match.
'os[/arch[/variant]]': Explicit platform (eg. linux/amd64)`,
    ),
  },
  warm: always,
  async run({ caller, client }, { operands, values }) {
    const query = { platform: await encodePlatform(values.platform) };
    await inspectObjects(caller, operands, values.format, async (name) => {
      const response = await client.send({ method: 'GET', path: `/images/${imagePath(name)}/json`, query });
      return response.text();
    });
  },
});
