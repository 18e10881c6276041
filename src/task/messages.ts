import { encodeFrame, frameTypes, takeText, text, u32, u64 } from './frames.ts';
import type { AttachOptions, ExecSpec, ExitStatus, TaskLog, TaskSpec } from './types.ts';

const flags = { terminal: 1, stdin: 2, stdinOnce: 4, hold: 8, inherit: 16, detached: 32 } as const;

export function encodeStart(spec: TaskSpec): Buffer {
  const mask =
    (spec.terminal ? flags.terminal : 0) |
    (spec.openStdin ? flags.stdin : 0) |
    (spec.stdinOnce ? flags.stdinOnce : 0) |
    (spec.createOnly ? flags.hold : 0) |
    (spec.inheritStdio ? flags.inherit : 0);
  return encodeFrame(frameTypes.start, u32(mask), encodeLog(spec.log), spec.plan);
}

const logFormats = { 'json-file': 1, local: 2 } as const;

function encodeLog(log: TaskLog | undefined): Buffer {
  if (log === undefined) return Buffer.concat([u32(0, 0), u64(0n), text(''), text('')]);
  const numbers = [u32(logFormats[log.format], log.maxFiles), u64(BigInt(log.maxSize))];
  return Buffer.concat([...numbers, text(log.path), text(log.attributes)]);
}

export function encodeExec(spec: ExecSpec): Buffer {
  const mask =
    (spec.terminal ? flags.terminal : 0) |
    (spec.openStdin ? flags.stdin : 0) |
    (spec.detached ? flags.detached : 0);
  return encodeFrame(frameTypes.exec, u32(mask), text(spec.id), spec.plan);
}

export function encodeAttach(options: AttachOptions): Buffer {
  const mask = (options.stdin ? 1 : 0) | (options.stdout ? 2 : 0) | (options.stderr ? 4 : 0);
  return encodeFrame(frameTypes.attach, u32(mask));
}

type ControlType = typeof frameTypes.resize | typeof frameTypes.kill | typeof frameTypes.closeStdin;

/** A request about one process: two numbers and the exec's id, empty for the container. */
export function encodeControl(type: ControlType, id: string, first = 0, second = 0): Buffer {
  return encodeFrame(type, u32(first, second), text(id));
}

export function encodeWatchLog(position: bigint): Buffer {
  return encodeFrame(frameTypes.watchLog, u64(position));
}

/** The front of EXIT and EXEC_EXIT. */
export function decodeExit(payload: Buffer): ExitStatus {
  return {
    code: payload.readUInt32LE(0),
    signal: payload.readUInt32LE(4),
    timeNs: payload.readBigUInt64LE(8),
  };
}

/** The exec that an EXEC_EXIT is about. */
export function decodeExecId(payload: Buffer): string {
  return payload.toString('utf8', 16);
}

const states = ['none', 'starting', 'created', 'running', 'ended', 'failed'] as const;

export interface ShimState {
  readonly state: (typeof states)[number];
  readonly pid: number;
  readonly exit: ExitStatus;
  readonly logPosition: bigint;
  /** Which operations of a plan the shim knows. */
  readonly planRevision: number;
}

export function decodeState(payload: Buffer): ShimState {
  return {
    state: states[payload.readUInt32LE(0)] ?? 'none',
    pid: payload.readUInt32LE(4),
    exit: decodeExit(payload.subarray(8)),
    logPosition: payload.readBigUInt64LE(24),
    // The first shims did not tell.
    planRevision: payload.length >= 36 ? payload.readUInt32LE(32) : 1,
  };
}

/** One exec of an EXEC_LIST. */
export interface ListedExec {
  readonly id: string;
  readonly pid: number;
  /** Undefined while it runs. */
  readonly status: ExitStatus | undefined;
}

export function decodeExecList(payload: Buffer): readonly ListedExec[] {
  const list: ListedExec[] = [];
  for (let left = payload; left.length > 0; ) {
    const { value: id, rest } = takeText(left.subarray(24));
    const ended = states[left.readUInt32LE(0)] === 'ended';
    list.push({ id, pid: left.readUInt32LE(4), status: ended ? decodeExit(left.subarray(8)) : undefined });
    left = rest;
  }
  return list;
}

/** The text of the `exit` file: code, signal, time. */
export function parseExitFile(content: string): ExitStatus | undefined {
  const match = /^(\d+) (\d+) (\d+)\n$/.exec(content);
  if (match === null) return undefined;
  return { code: Number(match[1]), signal: Number(match[2]), timeNs: BigInt(match[3] ?? 0) };
}
