import type { SecretKind } from '../secret/kind.ts';
import type { CommandEntry, Group } from './types.ts';

export const secret: Group = { summary: 'Manage secrets', commands: commandsOf('secret') };

export const config: Group = { summary: 'Manage configs', commands: commandsOf('config') };

/** Both have the same commands. */
function commandsOf(kind: SecretKind): Record<string, CommandEntry> {
  const from = kind === 'secret' ? 'a file or STDIN as content' : 'a file or STDIN';
  return {
    create: {
      summary: `Create a ${kind} from ${from}`,
      load: async () => ({ command: (await import('../secret/create.ts')).createCommand(kind) }),
    },
    inspect: {
      summary: `Display detailed information on one or more ${kind}s`,
      load: async () => ({ command: (await import('../secret/inspect.ts')).inspectCommand(kind) }),
    },
    ls: {
      summary: `List ${kind}s`,
      load: async () => ({ command: (await import('../secret/ls.ts')).lsCommand(kind) }),
      aliases: ['list'],
    },
    rm: {
      summary: `Remove one or more ${kind}s`,
      load: async () => ({ command: (await import('../secret/rm.ts')).rmCommand(kind) }),
      aliases: ['remove'],
    },
    update: {
      summary: `Change the labels of a ${kind}`,
      load: async () => ({ command: (await import('../secret/update.ts')).updateCommand(kind) }),
      isOwn: true,
    },
  };
}
