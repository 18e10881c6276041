import type { HostConfig } from '#api';
import { EngineError, errorMessage, parseSize, parseTruth, refuse } from '#base';
import { type LogDriverOptions, truthOption } from './option-values.ts';
import { remoteDrivers } from './shipping/drivers.ts';

export type LogConfig = HostConfig['LogConfig'];

/** How a container's log is kept on disk. */
export interface LogStorage {
  readonly format: 'json-file' | 'local';
  /** Bytes at which a file is full; 0: never. */
  readonly maxSize: number;
  /** Files in all, the current one included. */
  readonly maxFiles: number;
  /** Files that are full are packed. */
  readonly compress: boolean;
  /** Clients may read it. */
  readonly readable: boolean;
}

const attributeOptions = ['labels', 'labels-regex', 'env', 'env-regex', 'tag'];
const fileOptions = ['max-size', 'max-file', 'compress'];

/** Options that every driver takes. */
const commonOptions = [
  ...['mode', 'max-buffer-size'],
  ...['cache-disabled', 'cache-max-size', 'cache-max-file', 'cache-compress'],
];

const optionsOfDrivers: ReadonlyMap<string, readonly string[]> = new Map([
  ['json-file', [...fileOptions, ...attributeOptions]],
  ['local', fileOptions],
  ...[...remoteDrivers].map(([name, driver]) => [name, [...attributeOptions, ...driver.options]] as const),
]);

const defaults = { maxSize: '20m', maxFiles: 5 };

/** What `info` names, in the order of the alphabet. */
export function logDriverNames(): readonly string[] {
  return [...optionsOfDrivers.keys()].sort();
}

/** Whether a daemon may have it as its default; `none` too. */
export function isLogDriver(name: string): boolean {
  return name === 'none' || optionsOfDrivers.has(name);
}

/** Refuses what no log can be. @throws EngineError invalid, in Docker's words */
export function validateLogConfig({ Type, Config }: LogConfig): void {
  if (Type === 'none') return;
  const options = Config ?? {};
  const known = optionsOfDrivers.get(Type);
  refuse(known === undefined, `error looking up logging plugin ${Type}: plugin "${Type}" not found`);
  validateCommon(options);
  const remote = remoteDrivers.get(Type);
  remote?.require?.(options);
  const unknown = Object.keys(options).find(
    (name) => !known?.includes(name) && !commonOptions.includes(name),
  );
  const driver = Type === 'local' ? 'log driver local' : `${Type} log driver`;
  refuse(unknown !== undefined, `unknown log opt '${unknown}' for ${driver}`);
  remote?.parse(options);
  resolveStorage({ Type, Config });
}

function validateCommon(options: LogDriverOptions): void {
  const mode = options.mode ?? '';
  refuse(!['', 'blocking', 'non-blocking'].includes(mode), `logger: logging mode not supported: ${mode}`);
  const room = options['max-buffer-size'];
  if (room !== undefined) {
    refuse(
      mode !== 'non-blocking',
      "logger: max-buffer-size option is only supported with 'mode=non-blocking'",
    );
    reworded(
      () => parseSize(room, 1024),
      (reason) => `error parsing option max-buffer-size: ${reason}`,
    );
  }
  for (const name of ['cache-disabled', 'cache-compress']) {
    const text = options[name];
    if (text === undefined) continue;
    reworded(
      () => parseTruth(text),
      () => `invalid value for option ${name}: ${text}`,
    );
  }
}

/**
 * How the log of a container is kept; undefined for one that has none. What is shipped elsewhere is kept as well,
 * limited by the `cache-` options.
 * @throws EngineError invalid, in Docker's words
 */
export function resolveStorage({ Type, Config }: LogConfig): LogStorage | undefined {
  if (Type === 'none') return undefined;
  const options = Config ?? {};
  const prefix = remoteDrivers.has(Type) ? 'cache-' : '';
  const limits = reworded(
    () => parseLimits(options, prefix, Type),
    (reason) => `failed to initialize logging driver: ${reason}`,
  );
  return {
    format: Type === 'local' ? 'local' : 'json-file',
    ...limits,
    readable: prefix === '' || !truthOption(options, 'cache-disabled', false),
  };
}

function parseLimits(options: LogDriverOptions, prefix: string, type: string) {
  const maxFiles = parseMaxFiles(options[`${prefix}max-file`]);
  const maxSize = parseMaxSize(options[`${prefix}max-size`] ?? defaults.maxSize, type);
  const keepsOld = maxFiles > 1 && maxSize > 0;
  const compress = truthOption(options, `${prefix}compress`, keepsOld);
  refuse(
    compress && !keepsOld,
    'compress cannot be true when max-file is less than 2 or max-size is not set',
  );
  return { maxFiles, maxSize, compress };
}

function parseMaxFiles(text: string | undefined): number {
  if (text === undefined) return defaults.maxFiles;
  refuse(!/^[+-]?\d{1,9}$/.test(text), `strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`);
  refuse(Number(text) < 1, 'max-file cannot be less than 1');
  return Number(text);
}

/** Docker's json-file counts in thousands, its other drivers in 1024s. */
function parseMaxSize(text: string, type: string): number {
  if (text === '-1') return 0;
  const parse = () => parseSize(text, type === 'json-file' ? 1000 : 1024);
  const describe = (reason: string) =>
    `${type === 'local' ? `invalid value for max-size: ${text}: ` : ''}${reason}`;
  const size = reworded(parse, describe);
  refuse(size <= 0, 'max-size must be a positive number');
  return size;
}

/** Runs `work`; its error is told in other words. */
function reworded<T>(work: () => T, describe: (reason: string) => string): T {
  try {
    return work();
  } catch (cause) {
    throw new EngineError('invalid', describe(errorMessage(cause)), { cause });
  }
}
