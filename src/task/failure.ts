import { constants } from 'node:os';
import { getSystemErrorMessage } from 'node:util';
import { EngineError } from '#base';
import { decodePlan, type LaunchPlan } from '#runtime';

type Op = LaunchPlan[LaunchFailure['list']][number];

/** Where a launch failed, in the core's own terms. */
export interface LaunchFailure {
  readonly list: 'before' | 'after' | 'init';
  /** Undefined when it was not one of the plan's operations. */
  readonly index: number | undefined;
  readonly errno: number;
  readonly text: string;
}

const lists = ['before', 'after', 'init'] as const;
const NO_INDEX = 0xffff_ffff;
/** What a program, or a working directory, that is not there gives. */
const missing: readonly number[] = [constants.errno.ENOENT, constants.errno.ENOTDIR];

export function decodeFailure(payload: Buffer): LaunchFailure {
  const index = payload.readUInt32LE(4);
  return {
    list: lists[payload.readUInt32LE(0)] ?? 'init',
    index: index === NO_INDEX ? undefined : index,
    errno: payload.readInt32LE(8),
    text: payload.toString('utf8', 12),
  };
}

/**
 * The error of a failed start. A program that cannot be executed, or not there, is the caller's mistake, all else is ours.
 * Without the plan, which a later daemon does not have, the operation stays unnamed.
 */
export function launchError(failure: LaunchFailure, plan: Uint8Array | undefined): EngineError {
  const op = plan === undefined ? undefined : failedOp(failure, decodePlan(plan));
  const text = describeFailure(failure, op);
  const cause = op?.op === 'chdir' ? { ...failure, text } : failure;
  return new EngineError(isCallersMistake(cause) ? 'invalid' : 'internal', text, { cause });
}

/** One line: the core's own words, or the operation with its operands and the system's message. */
function describeFailure(failure: LaunchFailure, op: Op | undefined): string {
  if (isCallersMistake(failure)) return failure.text;
  const reason = getSystemErrorMessage(-failure.errno);
  if (op?.op === 'chdir')
    return `chdir to cwd (${JSON.stringify(op.target)}) set in config.json failed: ${reason}`;
  if (op === undefined) return `${failure.text || 'start'}: ${reason}`;
  const operands = Object.entries(op)
    .filter(([key, value]) => key !== 'op' && typeof value === 'string' && value !== '')
    .map(([, value]) => JSON.stringify(value).slice(0, 120));
  return `${[op.op, ...operands].join(' ')}: ${reason}`;
}

/** The exit code that Docker's client gives for a start that failed so: 127 not found, 126 not executable, 128. */
export function startExitCode(error: unknown): number {
  const failure = error instanceof EngineError ? error.cause : undefined;
  if (!isLaunchFailure(failure) || !isCallersMistake(failure)) return 128;
  return missing.includes(failure.errno) ? 127 : 126;
}

/** The core words its own text only where the program itself is at fault; we do for its working directory. */
function isCallersMistake(failure: LaunchFailure): boolean {
  return failure.list === 'init' && /^(exec|chdir to cwd)\b/.test(failure.text);
}

function failedOp(failure: LaunchFailure, plan: LaunchPlan): Op | undefined {
  return failure.index === undefined ? undefined : plan[failure.list][failure.index];
}

function isLaunchFailure(value: unknown): value is LaunchFailure {
  return typeof value === 'object' && value !== null && 'errno' in value && 'text' in value;
}
