import type { SecretView } from '#api';
import { always, type Command, defineCommand, exactly } from '../command.ts';
import { pairsToMap } from '../container/env.ts';
import { list } from '../flags/index.ts';
import { type SecretKind, secretPath } from './kind.ts';

export function updateCommand(kind: SecretKind): Command {
  return defineCommand({
    synopsis: [`[OPTIONS] ${kind.toUpperCase()}`],
    operands: exactly(1),
    flags: {
      'label-add': list('Add or change a label'),
      'label-rm': list('Remove a label by its name'),
    },
    warm: always,
    async run({ client }, { values, operands: [name = ''] }) {
      const path = secretPath(kind, name);
      const { Version, Spec } = await client.json<SecretView>({ method: 'GET', path });
      const kept = Object.entries(Spec.Labels).filter(([label]) => !values['label-rm'].includes(label));
      const json = {
        ...Spec,
        Labels: { ...Object.fromEntries(kept), ...pairsToMap(values['label-add']) },
      };
      const query = { version: Version.Index };
      await client.call({ method: 'POST', path: secretPath(kind, name, 'update'), query, json });
    },
  });
}
