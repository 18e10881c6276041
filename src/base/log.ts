import { writeSync } from 'node:fs';

const levels = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof levels)[number];
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

export type LogFormat = 'text' | 'json';

/** One line per entry on standard error. */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

/** A log of what is at least as grave as `minimum()`, which is asked for every entry. */
export function createLog(minimum: () => LogLevel, format: LogFormat = 'text'): Log {
  const entry = (level: LogLevel) => (message: string, fields?: LogFields) => {
    if (levels.indexOf(level) >= levels.indexOf(minimum()))
      writeLine(formatters[format](new Date(), level, message, fields));
  };
  return { debug: entry('debug'), info: entry('info'), warn: entry('warn'), error: entry('error') };
}

/** A log that keeps nothing. */
export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} };

const formatters = { text: formatEntry, json: formatJsonEntry } satisfies Record<LogFormat, unknown>;

/** Time, level, message and fields as logfmt. */
export function formatEntry(time: Date, level: LogLevel, message: string, fields: LogFields = {}): string {
  let line = `time="${time.toISOString()}" level=${level} msg=${JSON.stringify(message)}`;
  for (const [key, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    line += ` ${key}=${typeof value === 'string' && /[\s"=]/.test(value) ? JSON.stringify(value) : value}`;
  }
  return line;
}

/** The same as one JSON object, as `--log-format json` of Docker has it. */
export function formatJsonEntry(
  time: Date,
  level: LogLevel,
  message: string,
  fields: LogFields = {},
): string {
  return JSON.stringify({ ...fields, level, msg: message, time: time.toISOString() });
}

function writeLine(line: string): void {
  try {
    writeSync(2, `${line}\n`);
  } catch {
    // A closed or full standard error must not stop the daemon.
  }
}
