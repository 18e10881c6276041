import { EngineError, errorKind } from '#base';
import { DockerfileError, type SourceRange } from '#dockerfile';
import { VertexFailure } from '#engine/builder';
import { type ErrorDetail, proto, type StatusExtras } from '#grpc';
import { sourceInfo, sourceRange } from './messages/common.ts';

const { message, optional, repeatedMessage } = proto;

/** errdefs.Source of BuildKit: the lines that a failure is about. */
const source = message({
  info: optional(1, sourceInfo),
  ranges: repeatedMessage(2, sourceRange),
});

/** A build that failed, with what its client is told besides the text. */
export class BuildFailure extends EngineError {
  readonly details: readonly ErrorDetail[];

  constructor(message: string, details: readonly ErrorDetail[], cause?: unknown) {
    super('internal', message, { cause });
    this.details = details;
  }
}

/** A failure with the lines of a file that it is about, when it is about some. */
export function inFile(
  cause: EngineError,
  file: { readonly name: string; readonly text: string },
): BuildFailure {
  const lines = linesOf(cause);
  const details = lines === undefined ? [] : [{ type: 'errdefs.Source', value: encode(lines, file) }];
  return new BuildFailure(cause.message, details, cause);
}

function linesOf(error: EngineError): SourceRange | undefined {
  return error instanceof DockerfileError || error instanceof VertexFailure ? error.range : undefined;
}

function encode(
  { start, end }: SourceRange,
  { name, text: content }: { name: string; text: string },
): Uint8Array {
  return source.encode({
    info: { filename: name, data: Buffer.from(content) },
    ranges: [{ start: { line: start }, end: { line: end } }],
  });
}

const unknown = 2;

/** Clients show every code but this one; a build's failure is to be told in its own words alone. */
export function statusOf(error: unknown): StatusExtras {
  const kind = errorKind(error);
  const isOwn = kind === 'internal' || kind === 'invalid';
  return {
    ...(isOwn && { code: unknown }),
    ...(error instanceof BuildFailure && { details: error.details }),
  };
}
