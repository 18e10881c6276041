import { EngineError } from '#base';
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

/** The failure of one vertex, with the vertex. */
export class VertexFailure extends EngineError {
  readonly vertex: Vertex;

  constructor(vertex: Vertex, cause: EngineError) {
    super(cause.kind, cause.message, { cause });
    this.vertex = vertex;
  }
}
