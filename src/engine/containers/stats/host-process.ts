import { readFileSync, readlinkSync } from 'node:fs';
import { totalmem } from 'node:os';
import { type ProcessStat, readProcessStat, readProcessStatus } from '#linux';

/** A process of the host as `ps` describes it. */
export interface HostProcess extends ProcessStat {
  readonly uid: number;
  /** By the host's accounts; the number when there is no name. */
  readonly user: string;
  readonly terminal: string;
  readonly commandLine: string;
  readonly startedMs: number;
  readonly cpuSeconds: number;
  readonly cpuPercent: number;
  readonly residentKiB: number;
  readonly virtualKiB: number;
  readonly memoryPercent: number;
}

const ticksPerSecond = 100;
const pageKiB = 4;

/** Undefined when the process has ended. */
export function describeProcess(pid: number): HostProcess | undefined {
  const stat = readProcessStat(pid);
  const status = readProcessStatus(pid);
  if (stat === undefined || status === undefined) return undefined;
  const uptime = Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]);
  const ageSeconds = Math.max(uptime - stat.startTicks / ticksPerSecond, 0);
  const cpuSeconds = (stat.userTicks + stat.systemTicks) / ticksPerSecond;
  const residentKiB = stat.residentPages * pageKiB;
  const uid = Number(status.get('Uid')?.split(/\s+/)[0] ?? 0);
  return {
    ...stat,
    uid,
    user: userName(uid),
    terminal: terminalOf(pid),
    commandLine: commandLineOf(pid) || `[${stat.command}]`,
    startedMs: Date.now() - ageSeconds * 1000,
    cpuSeconds,
    cpuPercent: ageSeconds === 0 ? 0 : (cpuSeconds / ageSeconds) * 100,
    residentKiB,
    virtualKiB: Number(status.get('VmSize')?.split(' ')[0] ?? 0),
    memoryPercent: ((residentKiB * 1024) / totalmem()) * 100,
  };
}

function commandLineOf(pid: number): string {
  return tryRead(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8'))
    .replace(/\0$/, '')
    .replaceAll('\0', ' ');
}

/** The terminal that a process reads from, as `pts/0`; `?` without one. */
function terminalOf(pid: number): string {
  const path = tryRead(() => readlinkSync(`/proc/${pid}/fd/0`));
  return /^\/dev\/(pts\/\d+|tty\w*)$/.exec(path)?.[1] ?? '?';
}

function userName(uid: number): string {
  const line = tryRead(() => readFileSync('/etc/passwd', 'utf8'))
    .split('\n')
    .find((entry) => entry.split(':')[2] === String(uid));
  return line?.split(':')[0] ?? String(uid);
}

/** A process may end, or be hidden, between two looks. */
function tryRead(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}
