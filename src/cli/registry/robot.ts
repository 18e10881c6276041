import { isRole, type NewRobot, type RobotView, type RobotWithToken } from '#registry-api';
import { atLeast, defineCommand } from '../command.ts';
import { duration, text } from '../flags/index.ts';
import { chooseFormat, type Listing, RowFormat } from '../format/rows.ts';
import { localTime } from '../format/text.ts';
import { formatFlagSummary } from '../listing-flags.ts';
import { pathOf, runVerb, synopsisOf, type Verbs } from './manage/verbs.ts';

interface RobotFlags {
  readonly expires: number;
  readonly format: string;
  readonly role: string;
}

const listing: Listing = {
  typeName: '*registry.robotContext',
  headers: { Name: 'NAME', Role: 'ROLE', CreatedAt: 'CREATED AT', ExpiresAt: 'EXPIRES AT' },
};

const verbs: Verbs<RobotFlags> = {
  ls: {
    words: ['PROJECT'],
    async run({ session, registry, values, words: [project = ''] }) {
      const robots = await registry.ask<RobotView[]>('GET', pathOf('projects', project, 'robots'));
      const table = 'table {{.Name}}\t{{.Role}}\t{{.CreatedAt}}\t{{.ExpiresAt}}';
      const format = new RowFormat(chooseFormat({ flag: values.format, table }), listing);
      const rows = robots.map(({ fullName, role, createdMs, expiresMs }) => ({
        Name: fullName,
        Role: role,
        CreatedAt: localTime(new Date(createdMs)),
        ExpiresAt: expiresMs === undefined ? 'never' : localTime(new Date(expiresMs)),
      }));
      session.caller.writeOut(format.print(rows));
    },
  },
  add: {
    words: ['PROJECT', 'NAME'],
    async run({ session, registry, values, words: [project = '', name = ''] }) {
      if (!isRole(values.role)) throw new Error(`invalid role: ${values.role}`);
      const expires = values.expires > 0 ? { expiresMs: Date.now() + Math.round(values.expires / 1e6) } : {};
      const body: NewRobot = { name, role: values.role, ...expires };
      const made = await registry.ask<RobotWithToken>('POST', pathOf('projects', project, 'robots'), body);
      session.caller.writeError(`Log in as ${made.fullName} with this token, which is not shown again:\n`);
      session.caller.writeOut(`${made.token}\n`);
    },
  },
  rm: {
    words: ['PROJECT', 'NAME'],
    async run({ session, registry, words: [project = '', name = ''] }) {
      await registry.ask('DELETE', pathOf('projects', project, 'robots', name));
      session.caller.writeOut(`${name}\n`);
    },
  },
};

export const command = defineCommand({
  synopsis: synopsisOf(verbs),
  description: 'Manage the robots of a project: accounts for machines, which log in as PROJECT+NAME.',
  offline: true,
  operands: atLeast(1),
  flags: {
    expires: duration('How long the robot is good for; 0s: always (add)'),
    format: text(formatFlagSummary),
    role: text('guest, developer or maintainer (add)', { initial: 'developer' }),
  },
  async run(session, input) {
    await runVerb(session, verbs, input);
  },
});
