import { EngineError } from '#base';
import type { HostProcess } from './host-process.ts';

/** A column of `ps`: its title and what stands in it. */
export interface Column {
  readonly title: string;
  readonly format: (process: HostProcess) => string;
}

/** The columns by the names that `ps -o` knows them by. */
const columns = {
  user: { title: 'USER', format: ({ user }) => user },
  uid: { title: 'UID', format: ({ user }) => user },
  pid: { title: 'PID', format: ({ pid }) => String(pid) },
  ppid: { title: 'PPID', format: ({ parentPid }) => String(parentPid) },
  c: { title: 'C', format: ({ cpuPercent }) => String(Math.floor(cpuPercent)) },
  pcpu: { title: '%CPU', format: ({ cpuPercent }) => cpuPercent.toFixed(1) },
  pmem: { title: '%MEM', format: ({ memoryPercent }) => memoryPercent.toFixed(1) },
  vsz: { title: 'VSZ', format: ({ virtualKiB }) => String(virtualKiB) },
  rss: { title: 'RSS', format: ({ residentKiB }) => String(residentKiB) },
  tty: { title: 'TTY', format: ({ terminal }) => terminal },
  s: { title: 'S', format: ({ state }) => state },
  stat: { title: 'STAT', format: stateFlags },
  stime: { title: 'STIME', format: startTime },
  start: { title: 'START', format: startTime },
  time: { title: 'TIME', format: ({ cpuSeconds }) => clock(cpuSeconds) },
  bsdtime: { title: 'TIME', format: ({ cpuSeconds }) => minutes(cpuSeconds) },
  comm: { title: 'COMMAND', format: ({ command }) => command },
  args: { title: 'COMMAND', format: ({ commandLine }) => commandLine },
  cmd: { title: 'CMD', format: ({ commandLine }) => commandLine },
} as const satisfies Record<string, Column>;

type ColumnName = keyof typeof columns;

const columnsByName: ReadonlyMap<string, Column> = new Map(Object.entries(columns));

const synonyms: ReadonlyMap<string, ColumnName> = new Map(
  Object.entries({
    command: 'args',
    '%cpu': 'pcpu',
    '%mem': 'pmem',
    vsize: 'vsz',
    rssize: 'rss',
    tt: 'tty',
    tname: 'tty',
    state: 's',
    euser: 'user',
    ruser: 'user',
    cputime: 'time',
    lstart: 'start',
    ucmd: 'comm',
  } as const),
);

const fullFormat: readonly ColumnName[] = ['uid', 'pid', 'ppid', 'c', 'stime', 'tty', 'time', 'cmd'];
const userFormat: readonly ColumnName[] = [
  'user',
  'pid',
  'pcpu',
  'pmem',
  'vsz',
  'rss',
  'tty',
  'stat',
  'start',
  'bsdtime',
  'args',
];
const shortFormat: readonly ColumnName[] = ['pid', 'tty', 'time', 'comm'];

/** What may stand in a word without a dash, and behind one: options that choose processes, or the layout. */
const bsdOptions = /^[aegrTuwx]+$/;
const options = /^-[AadefNwT]+$/;

/**
 * The columns for arguments of `ps`: `-o`, BSD's `u` (as in `aux`), `-f` (as in `-ef`), or the short form.
 * @throws EngineError invalid, in the words of `ps`
 */
export function formatsFor(psArgs: string): readonly Column[] {
  const words = psArgs.split(/\s+/).filter(Boolean);
  const asked = askedColumns(words);
  if (asked.length > 0) return asked;
  const unknown = words.find((word) => !bsdOptions.test(word) && !options.test(word));
  if (unknown !== undefined) {
    const style = unknown.startsWith('-') ? 'unsupported SysV option' : 'unsupported option (BSD syntax)';
    throw new EngineError('invalid', `ps: error: ${style}`);
  }
  const names = words.some((word) => /^[a-z]*u[a-z]*$/.test(word))
    ? userFormat
    : words.some((word) => /^-[a-zA-Z]*f/.test(word))
      ? fullFormat
      : shortFormat;
  return names.map((name) => columns[name]);
}

/** `-o pid,comm`, `-opid`, `o pid`, `-eo pid=PID`. @throws EngineError invalid, for a list without PID */
function askedColumns(words: readonly string[]): Column[] {
  const lists = words.flatMap((word, index) => {
    const [, attached] = /^-?[a-zA-Z]*o(.*)$/.exec(word) ?? [];
    if (attached === undefined || (!word.startsWith('-') && attached !== '')) return [];
    return [attached || (words[index + 1] ?? '')];
  });
  const asked = lists.flatMap((list) => list.split(',').filter(Boolean).map(parseColumn));
  if (asked.length > 0 && !asked.some(({ title }) => title === 'PID')) {
    throw new EngineError('invalid', "Couldn't find PID field in ps output");
  }
  return asked;
}

function parseColumn(text: string): Column {
  const [name = '', title] = text.split('=');
  const column = columnsByName.get(synonyms.get(name) ?? name);
  if (column === undefined) {
    throw new EngineError('invalid', `ps: error: unknown user-defined format specifier "${name}"`);
  }
  return title ? { ...column, title } : column;
}

function startTime({ startedMs }: HostProcess): string {
  const started = new Date(startedMs);
  const pad = (number: number) => String(number).padStart(2, '0');
  if (Date.now() - startedMs < 24 * 3_600_000)
    return `${pad(started.getHours())}:${pad(started.getMinutes())}`;
  return started.toLocaleDateString('en-US', { month: 'short', day: '2-digit' }).replace(' ', '');
}

/** Its state, and whether it is favoured, leads a session, has threads, and is in the foreground. */
function stateFlags(process: HostProcess): string {
  const { state, nice, pid, sessionId, threads, groupId, foregroundGroupId } = process;
  const priority = nice < 0 ? '<' : nice > 0 ? 'N' : '';
  const leads = sessionId === pid ? 's' : '';
  const foreground = foregroundGroupId === groupId ? '+' : '';
  return `${state}${priority}${leads}${threads > 1 ? 'l' : ''}${foreground}`;
}

/** `2:03`: minutes and seconds. */
function minutes(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`;
}

/** `01:02:03`, with days in front when there are any. */
function clock(seconds: number): string {
  const pad = (number: number) => String(Math.floor(number)).padStart(2, '0');
  const days = Math.floor(seconds / 86_400);
  return `${days > 0 ? `${days}-` : ''}${pad((seconds / 3600) % 24)}:${pad((seconds / 60) % 60)}:${pad(seconds % 60)}`;
}
