import { readFileSync, writeFileSync } from 'node:fs';
import { getSystemErrorMessage } from 'node:util';
import { EngineError, type ErrorKind, errnoOf } from '#base';
import { type CgroupSetup, cgroupDirectory } from './cgroup-host.ts';

/** One value for one file of a cgroup. */
export interface CgroupWrite {
  readonly path: string;
  readonly value: string;
}

/**
 * Writes to the files of a cgroup in order: all, or none, as those that are written are put back when one fails.
 * @throws EngineError invalid, conflict or internal, with the file and the kernel's reason
 */
export function writeCgroupFiles(writes: readonly CgroupWrite[]): void {
  const restoring = restoringWrites(writes);
  for (const { path, value } of writes) {
    try {
      writeFileSync(path, value);
    } catch (cause) {
      for (const write of restoring) tryWrite(write);
      const reason = `write ${path}: ${reasonOf(cause)}`;
      const kind = kinds[errnoOf(cause) ?? ''] ?? 'internal';
      throw new EngineError(kind, `failed to write ${JSON.stringify(value)}: ${reason}`, { cause });
    }
  }
}

/** What puts back, after some writes, what the files hold now; in the order in which it is to be written. */
export function restoringWrites(writes: readonly CgroupWrite[]): CgroupWrite[] {
  return writes.toReversed().flatMap(({ path, value }) => {
    const before = tryRead(path);
    return before === undefined ? [] : [{ path, value: restoringValue(before, value) }];
  });
}

/** A value that the kernel does not take is the caller's mistake. */
const kinds: Readonly<Record<string, ErrorKind>> = {
  EBUSY: 'conflict',
  EINVAL: 'invalid',
  ENODEV: 'invalid',
  ENOTSUP: 'invalid',
  EOPNOTSUPP: 'invalid',
  ERANGE: 'invalid',
};

/**
 * What is to be written so that a file holds again what it held before `written`. Files with a line for each device
 * take one such line at a time; a device that had none goes back to no limit.
 */
export function restoringValue(before: string, written: string): string {
  const [, device, change = ''] = /^(\d+:\d+|default) (.*)$/.exec(written) ?? [];
  // The kernel takes no empty write.
  if (device === undefined) return before.trim() || '\n';
  const line = before.split('\n').find((candidate) => candidate.startsWith(`${device} `));
  if (line !== undefined) return line;
  if (!change.includes('=')) return `${device} 0`;
  return `${device} ${change.replaceAll(/=\S+/g, '=max')}`;
}

/** The limit of a cgroup's memory in bytes; infinite where there is none, or no way to tell. */
export function memoryLimit(setup: CgroupSetup): number {
  const directory = cgroupDirectory(setup, 'memory');
  const file = setup.version === 1 ? 'memory.limit_in_bytes' : 'memory.max';
  const limit = Number(directory === undefined ? 'max' : tryRead(`${directory}/${file}`));
  return Number.isNaN(limit) ? Number.POSITIVE_INFINITY : limit;
}

function tryRead(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function tryWrite({ path, value }: CgroupWrite): void {
  try {
    writeFileSync(path, value);
  } catch {
    // The cgroup may be gone; what went wrong first is what the caller is told.
  }
}

function reasonOf(error: unknown): string {
  const errno = error instanceof Error && 'errno' in error ? Number(error.errno) : 0;
  return errno < 0 ? getSystemErrorMessage(errno) : String(error);
}
