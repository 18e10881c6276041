import { always, atLeast, type Command, defineCommand } from '../command.ts';
import { forEachName } from '../names.ts';
import { type SecretKind, secretPath } from './kind.ts';

export function rmCommand(kind: SecretKind): Command {
  const word = kind.toUpperCase();
  return defineCommand({
    synopsis: [`${word} [${word}...]`],
    operands: atLeast(1),
    flags: {},
    warm: always,
    async run({ caller, client }, { operands }) {
      await forEachName(caller, operands, async (name) => {
        await client.call({ method: 'DELETE', path: secretPath(kind, name) });
      });
    },
  });
}
