import { addon } from './addon.ts';
import { checked } from './errno.ts';

/** What decodeLog() keeps and how it writes it; added up. */
export const logMode = {
  stdout: 1,
  stderr: 2,
  /** Each entry in a frame of Docker's: stream, three zeros, length, text. */
  framed: 4,
  /** Successive entries of a stream share a frame. */
  joined: 8,
  /** The entry's time stands before its text, with nine digits and a space. */
  timed: 16,
  /** The file has Docker's `local` shape; otherwise it is a json-file. */
  local: 32,
} as const;

export interface LogSelection {
  readonly mode: number;
  /** Stands before each line. */
  readonly prefix: Uint8Array;
  readonly sinceNs: bigint;
  readonly untilNs: bigint;
}

export interface Decoded {
  /** Bytes of the input that are done with. */
  readonly consumed: number;
  /** Bytes that were written to the output. */
  readonly produced: number;
  /** `input`: what is left holds no whole entry. `output`: the next entry does not fit. `until`: it is too late. */
  readonly stopped: 'input' | 'output' | 'until';
}

const stops = ['input', 'output', 'until'] as const;
const numbers = new BigInt64Array(4);
const numberBytes = new Uint8Array(numbers.buffer);

/** Decodes whole entries of a log file into `output`; what is no entry is passed over. */
export function decodeLog(input: Uint8Array, output: Uint8Array, selection: LogSelection): Decoded {
  numbers[0] = selection.sinceNs;
  numbers[1] = selection.untilNs;
  const result = addon().decodeLog(input, output, selection.prefix, numberBytes, selection.mode);
  const stopped = stops[checked(result, 'decodeLog')] ?? 'input';
  return { consumed: Number(numbers[2]), produced: Number(numbers[3]), stopped };
}

/** What a piece of a log file holds; the offsets and the time are of no meaning when it holds no entry. */
export interface LogScan {
  readonly count: number;
  /** Offset of the first whole entry. */
  readonly start: number;
  /** Offset behind the last one that was counted. */
  readonly end: number;
  /** Time of the first. */
  readonly timeNs: bigint;
}

/** Counts the whole entries of a piece of a log file, wherever in an entry it begins, up to `most`. */
export function scanLog(input: Uint8Array, mode: number, most = Number.MAX_SAFE_INTEGER): LogScan {
  const count = checked(addon().scanLog(input, numberBytes, mode, most), 'scanLog');
  return { count, start: Number(numbers[0]), end: Number(numbers[1]), timeNs: numbers[2] ?? 0n };
}
