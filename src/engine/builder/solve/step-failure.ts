import { EngineError } from '#base';
import type { SourceRange } from '#dockerfile';
import type { Vertex } from '../graph/types.ts';

/** A command of a build that ended with a code other than 0. */
export class StepFailure extends EngineError {
  readonly exitCode: number;
  readonly args: readonly string[];

  constructor(args: readonly string[], exitCode: number) {
    const command = args.join(' ');
    super(
      'internal',
      `process ${JSON.stringify(command)} did not complete successfully: exit code: ${exitCode}`,
    );
    this.exitCode = exitCode;
    this.args = args;
  }
}

/** What a vertex failed with, told with the lines that ask for it; its cause is the failure itself. */
export class VertexFailure extends EngineError {
  readonly range: SourceRange;

  constructor(cause: EngineError, range: SourceRange) {
    super(cause.kind, cause.message, { cause });
    this.range = range;
  }
}

/** A failure with its lines, where there are any. */
export function atVertex(error: unknown, { range }: Vertex): unknown {
  const isPlain = error instanceof EngineError && !(error instanceof VertexFailure);
  return isPlain && range !== undefined ? new VertexFailure(error, range) : error;
}

/** The command that ended with a code of its own, if that is what the failure comes from. */
export function stepFailureOf(error: unknown): StepFailure | undefined {
  const failure = error instanceof VertexFailure ? error.cause : error;
  return failure instanceof StepFailure ? failure : undefined;
}
