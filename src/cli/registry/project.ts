import { resolve } from 'node:path';
import {
  type CollectedView,
  isRole,
  type MemberView,
  type NewProject,
  type ProjectView,
} from '#registry-api';
import { atLeast, defineCommand } from '../command.ts';
import { bool, bytes, text } from '../flags/index.ts';
import { chooseFormat, type Listing, RowFormat } from '../format/rows.ts';
import { decimalSize } from '../format/size.ts';
import { formatFlagSummary } from '../listing-flags.ts';
import { readTextFile } from '../read-text-file.ts';
import { pathOf, runVerb, synopsisOf, type Verbs } from './manage/verbs.ts';

interface ProjectFlags {
  readonly 'dry-run': boolean;
  readonly format: string;
  readonly public: boolean;
  readonly quota: number;
}

const projects: Listing = {
  typeName: '*registry.projectContext',
  headers: {
    Name: 'NAME',
    Role: 'ROLE',
    Public: 'PUBLIC',
    Repositories: 'REPOSITORIES',
    Size: 'SIZE',
    Quota: 'QUOTA',
  },
};
const members: Listing = {
  typeName: '*registry.memberContext',
  headers: { User: 'USER', Role: 'ROLE' },
};

const verbs: Verbs<ProjectFlags & { readonly given: ReadonlySet<string> }> = {
  ls: {
    words: [],
    async run({ session, registry, values }) {
      const found = await registry.ask<ProjectView[]>('GET', '/projects');
      const table = 'table {{.Name}}\t{{.Role}}\t{{.Public}}\t{{.Repositories}}\t{{.Size}}\t{{.Quota}}';
      const format = new RowFormat(chooseFormat({ flag: values.format, table }), projects);
      session.caller.writeOut(format.print(found.map(projectRow)));
    },
  },
  add: {
    words: ['PROJECT'],
    async run({ session, registry, values, words: [name = ''] }) {
      const quota = values.quota > 0 ? { quotaBytes: values.quota } : {};
      const project: NewProject = { name, isPublic: values.public, ...quota };
      await registry.ask('POST', '/projects', project);
      session.caller.writeOut(`${name}\n`);
    },
  },
  set: {
    words: ['PROJECT'],
    async run({ registry, values, words: [name = ''] }) {
      await registry.ask('PATCH', pathOf('projects', name), {
        ...(values.given.has('public') && { isPublic: values.public }),
        ...(values.given.has('quota') && { quotaBytes: values.quota > 0 ? values.quota : null }),
      });
    },
  },
  rm: {
    words: ['PROJECT'],
    async run({ session, registry, words: [name = ''] }) {
      await registry.ask('DELETE', pathOf('projects', name));
      session.caller.writeOut(`${name}\n`);
    },
  },
  members: {
    words: ['PROJECT'],
    async run({ session, registry, values, words: [name = ''] }) {
      const found = await registry.ask<MemberView[]>('GET', pathOf('projects', name, 'members'));
      const table = 'table {{.User}}\t{{.Role}}';
      const format = new RowFormat(chooseFormat({ flag: values.format, table }), members);
      session.caller.writeOut(format.print(found.map(({ user, role }) => ({ User: user, Role: role }))));
    },
  },
  grant: {
    words: ['PROJECT', 'USER', 'ROLE'],
    async run({ registry, words: [project = '', user = '', role = ''] }) {
      if (!isRole(role)) throw new Error(`invalid role: ${role}: want guest, developer, maintainer or admin`);
      await registry.ask('PUT', pathOf('projects', project, 'members', user), { role });
    },
  },
  revoke: {
    words: ['PROJECT', 'USER'],
    async run({ registry, words: [project = '', user = ''] }) {
      await registry.ask('DELETE', pathOf('projects', project, 'members', user));
    },
  },
  retention: {
    words: ['PROJECT'],
    async run({ session, registry, words: [project = ''] }) {
      const rules = await registry.ask<object>('GET', pathOf('projects', project, 'retention'));
      session.caller.writeOut(`${JSON.stringify(rules, undefined, 2)}\n`);
    },
  },
  retain: {
    words: ['PROJECT', 'FILE'],
    async run({ session, registry, words: [project = '', file = ''] }) {
      const rules: unknown = JSON.parse(readTextFile(resolve(session.caller.directory, file)));
      await registry.ask('PUT', pathOf('projects', project, 'retention'), { rules });
    },
  },
  expire: {
    words: ['PROJECT'],
    async run({ session, registry, values, words: [project = ''] }) {
      const path = pathOf('projects', project, 'retention');
      const { tags } = values['dry-run']
        ? await registry.ask<CollectedView>('GET', `${path}/expired`)
        : await registry.ask<CollectedView>('POST', `${path}/apply`);
      session.caller.writeOut(tags.map((tag) => `${tag}\n`).join(''));
    },
  },
};

export const command = defineCommand({
  synopsis: synopsisOf(verbs),
  description: `Manage the projects of a registry of our own: what stands before the first slash of repositories' names.
Roles are guest (pulls), developer (pushes, too), maintainer (deletes, too) and admin. FILE holds a JSON list of rules,
of which the first that fits a tag decides: {"tags":"dev-*","olderThanMs":604800000,"keepNewest":5}.`,
  offline: true,
  operands: atLeast(1),
  flags: {
    'dry-run': bool('Tell which tags would go, and leave them (expire)'),
    format: text(formatFlagSummary),
    public: bool('Everybody may pull (add, set)'),
    quota: bytes('What the project may have; 0: as the registry is configured (add, set)'),
  },
  async run(session, { values, given, operands }) {
    await runVerb(session, verbs, { values: { ...values, given }, operands });
  },
});

function projectRow({ name, role, isPublic, repositories, usedBytes, quotaBytes }: ProjectView) {
  return {
    Name: name,
    Role: role ?? '',
    Public: String(isPublic),
    Repositories: String(repositories),
    Size: decimalSize(usedBytes),
    Quota: quotaBytes === undefined ? '' : decimalSize(quotaBytes),
  };
}
