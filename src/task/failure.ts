import { getSystemErrorMessage } from 'node:util';
import { EngineError, errorMessage } from '#base';
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
 * The error of a failed start, in runc's words where it has some. What is a mistake of the caller, who named the
 * program, its directory, a mount, or the host in a way that cannot be, is `invalid`, all else `internal`.
 * Without the plan, which a later daemon does not have, the operation stays unnamed.
 */
export function launchError(failure: LaunchFailure, plan: Uint8Array | undefined): EngineError {
  const op = plan === undefined ? undefined : failedOp(failure, decodePlan(plan));
  const text = describeFailure(failure, op);
  const message = text.includes(notDirectory) ? `${text}: ${mountHint}` : text;
  const isMistake = exitCodeOf(message) !== 128 || (failure.errno === EINVAL && callersNames.has(op?.op));
  return new EngineError(isMistake ? 'invalid' : 'internal', message, { cause: failure });
}

const EINVAL = 22;

const notDirectory = 'not a directory';
const mountHint =
  'Are you trying to mount a directory onto a file (or vice-versa)? Check if the specified host path exists and is the expected type';

/** One line: the core's own words, or the operation with its operands and the system's message. */
function describeFailure(failure: LaunchFailure, op: Op | undefined): string {
  // Of a file at the place of a directory move_mount(2) says what mount(2) says of any mistake.
  const isMisfit = failure.errno === EINVAL && (op?.op === 'bind' || op?.op === 'place');
  const reason = isMisfit ? notDirectory : getSystemErrorMessage(-failure.errno);
  // The core words a whole sentence where the program itself is at fault.
  if (failure.text.startsWith('exec: ')) return failure.text;
  return `${op === undefined ? failure.text || 'start' : describeOp(op)}: ${reason}`;
}

const sysctlPath = /^sys\//;

/** Operations that give the kernel a name as the caller wrote it, as runc calls them. */
const callersNames = new Map<string | undefined, string>([
  ['hostname', 'sethostname'],
  ['domainname', 'setdomainname'],
]);

function describeOp(op: Op): string {
  const naming = callersNames.get(op.op);
  if (naming !== undefined) return naming;
  if (op.op === 'chdir') return `chdir to cwd (${JSON.stringify(op.target)}) set in config.json failed`;
  if (op.op === 'bind' || op.op === 'mount')
    return `error mounting ${JSON.stringify(op.source)} to rootfs at ${JSON.stringify(op.target)}`;
  if (op.op === 'place') return `error mounting to rootfs at ${JSON.stringify(op.target)}`;
  if (op.op === 'writeProc' && sysctlPath.test(op.path))
    return `failed to write sysctl ${op.path.replace(sysctlPath, '').replaceAll('/', '.')} = ${JSON.stringify(op.value)}`;
  const operands = Object.entries(op)
    .filter(([key, value]) => key !== 'op' && typeof value === 'string' && value !== '')
    .map(([, value]) => JSON.stringify(value).slice(0, 120));
  return [op.op, ...operands].join(' ');
}

/** The exit code of a process that could not be started: 126 not permitted, 127 not found, 128 for the rest. */
export function startExitCode(error: unknown): number {
  return launchFailureOf(error) === undefined ? 128 : exitCodeOf(errorMessage(error));
}

/** What the shim told of a failed start, if that is what the error is about. */
export function launchFailureOf(error: unknown): LaunchFailure | undefined {
  const cause = error instanceof EngineError ? error.cause : undefined;
  return isLaunchFailure(cause) ? cause : undefined;
}

/** Docker decides by these words, wherever they stand, and its client does too. */
function exitCodeOf(message: string): 126 | 127 | 128 {
  if (message.includes('permission denied')) return 126;
  const missing = ['executable file not found', 'no such file or directory', notDirectory];
  return missing.some((words) => message.includes(words)) ? 127 : 128;
}

function failedOp(failure: LaunchFailure, plan: LaunchPlan): Op | undefined {
  return failure.index === undefined ? undefined : plan[failure.list][failure.index];
}

function isLaunchFailure(value: unknown): value is LaunchFailure {
  return typeof value === 'object' && value !== null && 'errno' in value && 'text' in value;
}
