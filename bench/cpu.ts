import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync } from 'node:fs';
import { pause } from './peers/process.ts';

/**
 * Processor time by cgroup: one group takes an engine's clients and daemon, another its containers. The kernel adds
 * what ended groups below it have used. Only with cgroup version 1; elsewhere the columns stay empty.
 */
const root = '/sys/fs/cgroup';
const controller = `${root}/cpuacct`;
const available = existsSync(`${controller}/cpuacct.usage`);

/** All groups that the bench makes have this in their names. */
export const cgroupPrefix = 'bench-';

/**
 * The file that a process of one thread writes "0" to in order to be accounted to the group. To move a whole process,
 * the kernel waits up to 18 ms after an idle moment, which would be in the time that is measured.
 */
export function joinFile(group: string): string | undefined {
  if (!available) return undefined;
  mkdirSync(`${controller}/${group}`, { recursive: true });
  return `${controller}/${group}/tasks`;
}

/** The command, accounted to the group with all its descendants. */
export function accounted(group: string, command: readonly string[]): string[] {
  const file = joinFile(group);
  return file === undefined ? [...command] : ['sh', '-c', `echo 0 >${file}; exec "$@"`, 'sh', ...command];
}

/** Milliseconds that the groups have used so far. */
export function usedMs(groups: readonly string[]): number | undefined {
  if (!available) return undefined;
  const files = groups
    .map((group) => `${controller}/${group}/cpuacct.usage`)
    .filter((file) => existsSync(file));
  return files.reduce((total, file) => total + Number(readFileSync(file, 'utf8')) / 1e6, 0);
}

/** Removes the bench's groups in every hierarchy, and the clients that stay in them; others keep theirs. */
export function removeCgroups(): void {
  for (const hierarchy of subfolders(root)) {
    for (const name of subfolders(`${root}/${hierarchy}`)) {
      if (name.startsWith(cgroupPrefix)) removeTree(`${root}/${hierarchy}/${name}`);
    }
  }
}

function removeTree(group: string): void {
  for (const name of subfolders(group)) removeTree(`${group}/${name}`);
  endStayers(group);
  try {
    rmdirSync(group);
  } catch (error) {
    console.error(`bench: ${group} stays: ${error instanceof Error ? error.message : error}`);
  }
}

const warmWord = '__warm';
const leaveMs = 50;

/** Ends the clients of Wharf that have stayed after their commands; its resolver ends by itself. */
function endStayers(group: string): void {
  const processes = () =>
    readFileSync(`${group}/cgroup.procs`, 'utf8')
      .split('\n')
      .filter((pid) => pid !== '');
  for (const pid of processes()) if (commandWords(pid)[1] === warmWord) process.kill(Number(pid), 'SIGTERM');
  for (let tries = 0; tries < 20 && processes().length > 0; tries++) pause(leaveMs);
}

function commandWords(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return [];
  }
}

function subfolders(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
}
