import { atLeast, type Command, defineCommand } from '../command.ts';
import { pairsToMap } from '../container/env.ts';
import { list, text } from '../flags/index.ts';
import { openSource } from '../stream/source.ts';
import { type SecretKind, secretPath } from './kind.ts';

export function createCommand(kind: SecretKind): Command {
  const isSecret = kind === 'secret';
  const labels = list(`${isSecret ? 'Secret' : 'Config'} labels`, { short: 'l' });
  return defineCommand({
    synopsis: [isSecret ? '[OPTIONS] SECRET [file|-]' : '[OPTIONS] CONFIG file|-'],
    operands: isSecret ? { ...atLeast(1), atMost: 2 } : { atLeast: 2, atMost: 2 },
    flags: {
      ...(isSecret ? { driver: text('Secret driver', { short: 'd' }) } : {}),
      label: labels,
      'template-driver': text('Template driver'),
    },
    async run({ caller, client }, { values, operands: [name = '', file = '-'] }) {
      const driver = 'driver' in values && typeof values.driver === 'string' ? values.driver : '';
      const json = {
        Name: name,
        Labels: pairsToMap(values.label),
        Data: (await readAll(file)).toString('base64'),
        ...(driver !== '' && { Driver: { Name: driver } }),
        ...(values['template-driver'] !== '' && { Templating: { Name: values['template-driver'] } }),
      };
      const request = { method: 'POST', path: `${secretPath(kind)}/create`, json } as const;
      const { ID } = await client.json<{ readonly ID: string }>(request);
      caller.writeOut(`${ID}\n`);
    },
  });
}

async function readAll(file: string): Promise<Buffer> {
  const { body } = await openSource(file);
  const parts: Buffer[] = [];
  for await (const part of body) parts.push(Buffer.from(part));
  return Buffer.concat(parts);
}
