import { constants } from 'node:os';
import type { SystemPath } from './addon.ts';

const names = new Map(Object.entries(constants.errno).map(([name, number]) => [number as number, name]));
// The runtimes' tables hold only what libuv maps.
names.set(117, 'EUCLEAN').set(95, 'EOPNOTSUPP').set(61, 'ENODATA');

/** A failed system call, in the shape of the runtime's own: `code`, `errno` (negative), `syscall`, `path`. */
export class SystemCallError extends Error {
  override readonly name = 'SystemCallError';
  readonly code: string;
  readonly errno: number;
  readonly syscall: string;
  readonly path: string | undefined;

  constructor(errno: number, syscall: string, place?: SystemPath, detail?: string) {
    const code = errnoName(errno);
    const path = place && Buffer.from(place).toString();
    super(`${syscall}${path === undefined ? '' : ` ${path}`}: ${detail ?? code}`);
    this.code = code;
    this.errno = -errno;
    this.syscall = syscall;
    this.path = path;
  }
}

/** `ENOENT` for 2. */
export function errnoName(errno: number): string {
  return names.get(errno) ?? `errno ${errno}`;
}

/** The result of an addon's call, when it is no failure. @throws SystemCallError */
export function checked(result: number, syscall: string, path?: SystemPath): number {
  if (result < 0) throw new SystemCallError(-result, syscall, path);
  return result;
}

/** The two numbers of an addon's call, when it is no failure. @throws SystemCallError */
export function checkedPair(
  result: readonly [number, number] | number,
  syscall: string,
): readonly [number, number] {
  if (typeof result === 'number') throw new SystemCallError(-result, syscall);
  return result;
}
