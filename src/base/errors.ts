import { systemMessage } from './system-message.ts';

/** Every way an engine call can fail; the faces map each to a status of their protocol. */
export type ErrorKind =
  | 'invalid'
  | 'unauthorized'
  | 'forbidden'
  | 'notFound'
  | 'conflict'
  | 'notModified'
  | 'notImplemented'
  | 'unavailable'
  | 'internal'
  | 'corrupt'
  | 'timeout';

export interface EngineErrorOptions {
  readonly cause?: unknown;
  /** What the user can do about it, one sentence. */
  readonly hint?: string;
}

/** A failure whose message is meant for the user and whose kind decides the status code. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
  readonly kind: ErrorKind;
  readonly hint: string | undefined;

  constructor(kind: ErrorKind, message: string, options: EngineErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.kind = kind;
    this.hint = options.hint;
  }
}

/** @throws EngineError, when the condition holds */
export function refuse(condition: boolean, message: string, kind: ErrorKind = 'invalid'): void {
  if (condition) throw new EngineError(kind, message);
}

/** The kind of any thrown value; what is not an EngineError is `internal`. */
export function errorKind(error: unknown): ErrorKind {
  return error instanceof EngineError ? error.kind : 'internal';
}

/** The message of any thrown value; of a failed system call in the usual words. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? systemMessage(error.message) : String(error);
}

/** The errno name (`ENOENT`, `EBUSY` …) of a failed system call, if the value carries one. */
export function errnoOf(error: unknown): string | undefined {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  return undefined;
}
