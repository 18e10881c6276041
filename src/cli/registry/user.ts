import type { NewUser, UserView } from '#registry-api';
import { atLeast, defineCommand } from '../command.ts';
import { bool, text } from '../flags/index.ts';
import { chooseFormat, type Listing, RowFormat } from '../format/rows.ts';
import { localTime } from '../format/text.ts';
import { formatFlagSummary } from '../listing-flags.ts';
import { askHidden, readLine } from '../prompt.ts';
import type { Session } from '../session.ts';
import { pathOf, runVerb, synopsisOf, type Verbs } from './manage/verbs.ts';

interface UserFlags {
  readonly admin: boolean;
  readonly format: string;
}

const listing: Listing = {
  typeName: '*registry.userContext',
  headers: { Name: 'NAME', Admin: 'ADMIN', CreatedAt: 'CREATED AT' },
};

const verbs: Verbs<UserFlags> = {
  ls: {
    words: [],
    async run({ session, registry, values }) {
      const users = await registry.ask<UserView[]>('GET', '/users');
      const table = 'table {{.Name}}\t{{.Admin}}\t{{.CreatedAt}}';
      const format = new RowFormat(chooseFormat({ flag: values.format, table }), listing);
      const rows = users.map(({ name, isAdmin, createdMs }) => ({
        Name: name,
        Admin: String(isAdmin),
        CreatedAt: localTime(new Date(createdMs)),
      }));
      session.caller.writeOut(format.print(rows));
    },
  },
  add: {
    words: ['USER'],
    async run({ session, registry, values, words: [name = ''] }) {
      const password = await readPassword(session);
      const user: NewUser = { name, password, isAdmin: values.admin };
      await registry.ask('POST', '/users', user);
      session.caller.writeOut(`${name}\n`);
    },
  },
  password: {
    words: ['USER'],
    async run({ session, registry, words: [name = ''] }) {
      await registry.ask('PUT', pathOf('users', name, 'password'), { password: await readPassword(session) });
    },
  },
  rm: {
    words: ['USER'],
    async run({ session, registry, words: [name = ''] }) {
      await registry.ask('DELETE', pathOf('users', name));
      session.caller.writeOut(`${name}\n`);
    },
  },
};

export const command = defineCommand({
  synopsis: synopsisOf(verbs),
  description:
    'Manage the users of a registry of our own. A password is asked for, or read from standard input.',
  offline: true,
  operands: atLeast(1),
  flags: {
    admin: bool('The user administers the whole registry (add)'),
    format: text(formatFlagSummary),
  },
  async run(session, input) {
    await runVerb(session, verbs, input);
  },
});

function readPassword({ caller }: Session): Promise<string> {
  return caller.isTerminal(0) ? askHidden(caller, 'Password: ') : readLine();
}
