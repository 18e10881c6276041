import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { rmdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { EngineError, errnoOf } from '#base';
import { type CgroupSetup, cgroupDirectories, cgroupDirectory } from './cgroup-host.ts';

/** Stops every process of the cgroup from running, and returns when they stand still. */
export async function freezeCgroup(setup: CgroupSetup, signal?: AbortSignal): Promise<void> {
  await setFrozen(setup, true, signal);
}

/** Lets the processes of a frozen cgroup run again. */
export async function thawCgroup(setup: CgroupSetup, signal?: AbortSignal): Promise<void> {
  await setFrozen(setup, false, signal);
}

/** Whether the cgroup is frozen; a cgroup that is gone is not. */
export function isCgroupFrozen(setup: CgroupSetup): boolean {
  const directory = freezerDirectory(setup);
  if (directory === undefined) return false;
  try {
    return setup.version === 2
      ? /^frozen 1$/m.test(readFileSync(`${directory}/cgroup.events`, 'utf8'))
      : readFileSync(`${directory}/freezer.state`, 'utf8').startsWith('FROZEN');
  } catch {
    return false;
  }
}

/** The processes of the cgroup itself, by host pid; none when it is gone. */
export function cgroupProcesses(setup: CgroupSetup): number[] {
  const directory = cgroupDirectory(setup, 'pids') ?? cgroupDirectories(setup)[0];
  try {
    return readFileSync(`${directory}/cgroup.procs`, 'utf8').split('\n').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

/** Sends a signal to every process of the cgroup; processes that end meanwhile are no error. */
export function signalCgroup(setup: CgroupSetup, signal: NodeJS.Signals | number): void {
  for (const pid of cgroupProcesses(setup)) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if (errnoOf(error) !== 'ESRCH') throw error;
    }
  }
}

/**
 * Removes the cgroup from every hierarchy; what is gone already is no error. Waits a little for processes that
 * are just ending.
 * @throws EngineError conflict, when processes stay in it
 */
export async function removeCgroup(setup: CgroupSetup, signal?: AbortSignal): Promise<void> {
  for (const directory of cgroupDirectories(setup)) await removeDirectory(directory, signal);
}

async function removeDirectory(directory: string, signal: AbortSignal | undefined): Promise<void> {
  for (let waitMs = 1; ; waitMs *= 2) {
    const errno = await tryRemove(directory);
    if (errno === undefined || errno === 'ENOENT') return;
    if (errno !== 'EBUSY' || waitMs > 512) {
      throw new EngineError('conflict', `cannot remove cgroup ${directory}: ${errno}`);
    }
    await sleep(waitMs, undefined, signal && { signal });
  }
}

/** Off the event loop: the kernel takes about a millisecond for each. */
async function tryRemove(directory: string): Promise<string | undefined> {
  try {
    await rmdir(directory);
    return undefined;
  } catch (error) {
    return errnoOf(error) ?? 'unknown error';
  }
}

async function setFrozen(setup: CgroupSetup, frozen: boolean, signal?: AbortSignal): Promise<void> {
  const directory = freezerDirectory(setup);
  if (directory === undefined || !existsSync(directory)) {
    throw new EngineError('internal', 'cannot pause: the container has no freezer cgroup');
  }
  const [file, on, off] =
    setup.version === 2 ? ['cgroup.freeze', '1', '0'] : ['freezer.state', 'FROZEN', 'THAWED'];
  writeFileSync(`${directory}/${file}`, frozen ? on : off);
  for (let waitMs = 1; frozen && !isCgroupFrozen(setup); waitMs *= 2) {
    if (waitMs > 2048) throw new EngineError('timeout', 'cannot pause: the processes do not freeze');
    await sleep(waitMs, undefined, signal && { signal });
  }
}

function freezerDirectory(setup: CgroupSetup): string | undefined {
  return setup.version === 2
    ? setup.hierarchies.map(({ mountPoint }) => mountPoint + setup.path)[0]
    : cgroupDirectory(setup, 'freezer');
}
