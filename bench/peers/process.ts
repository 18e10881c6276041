import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { environment, folders } from '../settings.ts';

/** A process that outlives this program and is known again by `run/<name>.pid`. */
export interface Resident {
  readonly name: string;
  readonly pid: number;
}

/** Starts a resident in a session of its own; what it prints goes to `run/<name>.log`. */
export function startResident(name: string, command: readonly string[]): Resident {
  mkdirSync(folders.run, { recursive: true });
  const log = openSync(logFile(name), 'w');
  const [program = '', ...args] = command;
  const child = spawn(program, args, { detached: true, env: environment, stdio: ['ignore', log, log] });
  closeSync(log);
  if (child.pid === undefined) throw new Error(`cannot start ${command.join(' ')}`);
  child.unref();
  writeFileSync(pidFile(name), `${child.pid} ${startTime(child.pid)}\n`);
  return { name, pid: child.pid };
}

/** The resident of that name, if it runs. */
export function findResident(name: string): Resident | undefined {
  const [pid = 0, started = -1] = tryRead(pidFile(name)).split(' ').map(Number);
  return startTime(pid) === started ? { name, pid } : undefined;
}

/** Asks a resident to end, waits, and kills it after ten seconds. */
export function stopResident(name: string): void {
  const resident = findResident(name);
  if (resident !== undefined) {
    process.kill(resident.pid, 'SIGTERM');
    if (!waitUntil(() => findResident(name) === undefined, 10_000)) process.kill(resident.pid, 'SIGKILL');
  }
  rmSync(pidFile(name), { force: true });
}

/** Waits until a resident is ready; fails with the end of its log when it ends or takes too long. */
export function awaitResident(resident: Resident, isReady: () => boolean): void {
  const alive = () => findResident(resident.name) !== undefined;
  const settled = waitUntil(() => !alive() || isReady(), 30_000);
  if (settled && alive()) return;
  throw new Error(`${resident.name} does not come up:\n${readLog(resident.name).slice(-2000)}`);
}

export function readLog(name: string): string {
  return tryRead(logFile(name));
}

/** Blocks this program. */
export function pause(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

function waitUntil(condition: () => boolean, timeoutMs: number): boolean {
  const deadline = performance.now() + timeoutMs;
  while (performance.now() < deadline) {
    if (condition()) return true;
    pause(30);
  }
  return condition();
}

/** Start of a live process in clock ticks since boot: with the pid it names one process for ever. */
function startTime(pid: number): number | undefined {
  const [state, ...fields] = tryRead(`/proc/${pid}/stat`).split(') ').at(-1)?.split(' ') ?? [];
  return fields.length === 0 || state === 'Z' ? undefined : Number(fields[18]);
}

function tryRead(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

const pidFile = (name: string): string => `${folders.run}/${name}.pid`;
const logFile = (name: string): string => `${folders.run}/${name}.log`;
