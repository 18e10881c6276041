import type { IdResponse } from '#api';
import { always, defineCommand, type Operands } from '../command.ts';
import { bool, list, text } from '../flags/index.ts';

const oneOrTwo: Operands = { atLeast: 1, atMost: 2 };

export const command = defineCommand({
  synopsis: ['[OPTIONS] CONTAINER [REPOSITORY[:TAG]]'],
  operands: oneOrTwo,
  flags: {
    author: text('Author (e.g., "John Hannibal Smith <hannibal@a-team.com>")', { short: 'a' }),
    change: list('Apply Dockerfile instruction to the created image', { short: 'c' }),
    message: text('Commit message', { short: 'm' }),
    pause: bool('Pause container during commit', 'p', true),
    squash: { ...bool('Give the new image one layer, of all that its containers see'), isOwn: true },
  },
  warm: always,
  async run({ caller, client }, { values, operands: [container = '', name] }) {
    const { fullName, parseReference } = await import('#oci');
    const reference = name === undefined ? undefined : parseReference(name);
    const { Id: id } = await client.json<IdResponse>({
      method: 'POST',
      path: '/commit',
      query: {
        container,
        repo: reference === undefined ? undefined : fullName(reference),
        tag: reference === undefined ? undefined : (reference.tag ?? 'latest'),
        author: values.author || undefined,
        comment: values.message || undefined,
        changes: values.change,
        pause: values.pause ? undefined : '0',
        squash: values.squash ? '1' : undefined,
      },
    });
    caller.writeOut(`${id}\n`);
  },
});
