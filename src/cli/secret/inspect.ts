import type { SecretView } from '#api';
import { always, atLeast, type Command, defineCommand } from '../command.ts';
import { bool } from '../flags/index.ts';
import { goTime } from '../format/text.ts';
import { inspectFormatFlag, inspectObjects } from '../inspect-objects.ts';
import { type SecretKind, secretPath } from './kind.ts';

export function inspectCommand(kind: SecretKind): Command {
  const word = kind.toUpperCase();
  return defineCommand({
    synopsis: [`[OPTIONS] ${word} [${word}...]`],
    operands: atLeast(1),
    flags: {
      format: inspectFormatFlag,
      pretty: bool('Print the information in a human friendly format'),
    },
    warm: always,
    async run({ caller, client }, { operands, values }) {
      const read = async (name: string) =>
        (await client.send({ method: 'GET', path: secretPath(kind, name) })).text();
      if (!values.pretty) await inspectObjects(caller, operands, values.format, read);
      else for (const name of operands) caller.writeOut(prettyText(kind, JSON.parse(await read(name))));
      return undefined;
    },
  });
}

function prettyText(kind: SecretKind, { ID, Spec, CreatedAt, UpdatedAt }: SecretView): string {
  const isSecret = kind === 'secret';
  const gap = isSecret ? ' '.repeat(14) : '\t\t\t';
  const timeGap = isSecret ? ' '.repeat(8) : `${' '.repeat(12)}\t`;
  const labels = Object.entries(Spec.Labels).map(([name, value]) => ` - ${name}=${value}\n`);
  return [
    `ID:${gap}${ID}\n`,
    `Name:${gap}${Spec.Name}\n`,
    labels.length === 0 ? '' : `Labels:\n${labels.join('')}`,
    isSecret ? `Driver:${' '.repeat(12)}\n` : '',
    `Created at:${timeGap}${goTime(CreatedAt).toLowerCase()}\n`,
    `Updated at:${timeGap}${goTime(UpdatedAt).toLowerCase()}\n`,
    isSecret ? '' : `Data:\n${Buffer.from(Spec.Data ?? '', 'base64').toString()}\n`,
  ].join('');
}
