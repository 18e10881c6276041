/**
 * commands: every command by name, with its summary and how to load it. Commands are loaded one at a
 * time, so that a start costs what the called one needs.
 */
import { builder } from './builder.ts';
import { completion } from './completion.ts';
import { container } from './container.ts';
import { context } from './context.ts';
import { daemon } from './daemon.ts';
import { image } from './image.ts';
import { manifest } from './manifest.ts';
import { network } from './network.ts';
import { registry } from './registry.ts';
import { config, secret } from './secret.ts';
import { system } from './system.ts';
import type { CommandEntry, Group } from './types.ts';
import { volume } from './volume.ts';

export type { CommandEntry, Group } from './types.ts';

/** A command found by name. `path` is what the user wrote; `names` are all its names. */
export interface Located {
  readonly entry: CommandEntry;
  readonly path: string;
  readonly names: readonly string[];
}

/** The groups of commands by name. */
export const groups: Readonly<Record<string, Group>> = {
  builder,
  completion,
  config,
  container,
  context,
  daemon,
  image,
  manifest,
  network,
  registry,
  secret,
  system,
  volume,
};

/** Commands that belong to no group. */
const ungrouped: Readonly<Record<string, CommandEntry>> = {
  __complete: {
    summary: 'Print what could stand in place of the last word',
    hidden: true,
    load: () => import('../completion/complete.ts'),
  },
  __warm: {
    summary: 'Run the commands of others of this user',
    hidden: true,
    load: () => import('../warm/command.ts'),
  },
  check: {
    summary: 'Check what this machine has of what containers need',
    load: () => import('../daemon/check.ts'),
  },
  inspect: {
    summary: 'Return low-level information on Docker objects',
    load: () => import('../system/inspect.ts'),
  },
  migrate: {
    summary: 'Move a container to another engine',
    load: () => import('../migrate/migrate.ts'),
    isOwn: true,
  },
  login: { summary: 'Authenticate to a registry', load: () => import('../registry/login.ts') },
  logout: { summary: 'Log out from a registry', load: () => import('../registry/logout.ts') },
  search: { summary: 'Search Docker Hub for images', load: () => import('../registry/search.ts') },
  version: { summary: 'Show the Docker version information', load: () => import('../system/version.ts') },
};

/** The commands that can be called without a group, by name. */
export const topCommands: Readonly<Record<string, CommandEntry>> = {
  ...ungrouped,
  ...Object.fromEntries(
    Object.values(groups)
      .flatMap((group) => Object.values(group.commands))
      .flatMap((entry) => (entry.topName === undefined ? [] : [[entry.topName, entry]])),
  ),
};

/** What the help shows first, in this order. */
export const commonCommands: readonly string[] = [
  'run',
  'exec',
  'ps',
  'build',
  'pull',
  'push',
  'images',
  'login',
  'logout',
  'search',
  'version',
  'info',
];

/** The command that the first one or two words name; undefined when they name none. */
export function locate(words: readonly string[]): Located | undefined {
  const [first = '', second] = words;
  const group = groups[first];
  const entry = group === undefined ? topCommands[first] : findInGroup(group, second ?? '');
  if (entry === undefined) return undefined;
  const path = group === undefined ? first : `${first} ${second}`;
  return { entry, path, names: allNames(entry) };
}

function findInGroup(group: Group, name: string): CommandEntry | undefined {
  return group.commands[name] ?? Object.values(group.commands).find((entry) => entry.aliases?.includes(name));
}

function allNames(entry: CommandEntry): string[] {
  const top = entry.topName === undefined ? [] : [entry.topName];
  for (const [groupName, group] of Object.entries(groups)) {
    for (const [name, candidate] of Object.entries(group.commands)) {
      if (candidate !== entry) continue;
      return [...[name, ...(entry.aliases ?? [])].map((alias) => `${groupName} ${alias}`), ...top];
    }
  }
  return top;
}
