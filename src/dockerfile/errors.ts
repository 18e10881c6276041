import { EngineError } from '#base';
import type { SourceRange } from './types.ts';

/** A Dockerfile that can't be read, with where and what is wrong; kind invalid. */
export class DockerfileError extends EngineError {
  /** What is wrong, without the place. */
  readonly reason: string;
  readonly range: SourceRange;

  constructor(reason: string, range: SourceRange) {
    super('invalid', `dockerfile parse error on line ${range.start}: ${reason}`);
    this.reason = reason;
    this.range = range;
  }
}

/** Runs one step of parsing; what it throws is told with the place. @throws DockerfileError */
export function located<T>(range: SourceRange, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw withPlace(error, range);
  }
}

/** The error of a step, with its place unless it has one, or is no mistake in the file. */
export function withPlace(error: unknown, range: SourceRange): unknown {
  const isMistake = error instanceof EngineError && error.kind === 'invalid';
  return isMistake && !(error instanceof DockerfileError) ? new DockerfileError(error.message, range) : error;
}
