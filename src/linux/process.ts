import { readFileSync, readlinkSync } from 'node:fs';
import { unlessErrno } from '#base';

/** What /proc/PID/stat tells about a process. */
export interface ProcessStat {
  readonly pid: number;
  readonly command: string;
  /** `R`, `S`, `Z` … */
  readonly state: string;
  readonly parentPid: number;
  readonly groupId: number;
  readonly sessionId: number;
  /** The process group in the foreground of its terminal; -1 without a terminal. */
  readonly foregroundGroupId: number;
  readonly userTicks: number;
  readonly systemTicks: number;
  /** -20 to 19. */
  readonly nice: number;
  readonly threads: number;
  /** Clock ticks from boot to its start: with the pid it names a process for good. */
  readonly startTicks: number;
  readonly residentPages: number;
}

/** Parses a stat file; the command may hold spaces and brackets. */
export function parseProcessStat(text: string): ProcessStat {
  const open = text.indexOf('(');
  const close = text.lastIndexOf(')');
  const fields = text.slice(close + 2).split(' ');
  const number = (place: number) => Number(fields[place - 3]);
  return {
    pid: Number(text.slice(0, open - 1)),
    command: text.slice(open + 1, close),
    state: fields[0] ?? '',
    parentPid: number(4),
    groupId: number(5),
    sessionId: number(6),
    foregroundGroupId: number(8),
    userTicks: number(14),
    systemTicks: number(15),
    nice: number(19),
    threads: number(20),
    startTicks: number(22),
    residentPages: number(24),
  };
}

/** What reading says of a process that ends meanwhile, too. */
const gone = ['ENOENT', 'ESRCH'];

/** The process's state now; undefined when there is none of that pid. */
export function readProcessStat(pid: number): ProcessStat | undefined {
  const text = unlessErrno(gone, () => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  return text === undefined ? undefined : parseProcessStat(text);
}

/** The fields of /proc/PID/status by name; undefined when there is no process of that pid. */
export function readProcessStatus(pid: number): ReadonlyMap<string, string> | undefined {
  const text = unlessErrno(gone, () => readFileSync(`/proc/${pid}/status`, 'utf8'));
  if (text === undefined) return undefined;
  return new Map(
    text.split('\n').flatMap((line) => {
      const colon = line.indexOf(':');
      return colon < 0 ? [] : [[line.slice(0, colon), line.slice(colon + 1).trim()] as const];
    }),
  );
}

export type NamespaceType = 'cgroup' | 'ipc' | 'mnt' | 'net' | 'pid' | 'time' | 'user' | 'uts';

/** Identity of a process's namespace, as `net:[4026531840]`; undefined when there is no such process. */
export function readNamespace(pid: number | 'self', type: NamespaceType): string | undefined {
  return unlessErrno(gone, () => readlinkSync(`/proc/${pid}/ns/${type}`));
}
