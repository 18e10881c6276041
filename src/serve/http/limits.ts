/** Upper bounds on what a client may send before it is refused. */
export interface HttpLimits {
  readonly requestLineBytes: number;
  readonly headerLineBytes: number;
  readonly headerCount: number;
  /** All header lines of a request together; trailers too. */
  readonly headerBytes: number;
  /** Size and extensions of one chunk. */
  readonly chunkLineBytes: number;
  /** What is left of a body that nobody read is skipped up to here; beyond, the connection is closed. */
  readonly skippedBodyBytes: number;
  /** Time for a request's head to arrive once its first byte is here. */
  readonly headTimeoutMs: number;
  /** Time for a body that is read as a whole, or skipped, to come. */
  readonly wholeBodyTimeoutMs: number;
}

export const defaultLimits: HttpLimits = {
  requestLineBytes: 64 << 10,
  headerLineBytes: 256 << 10,
  headerCount: 128,
  headerBytes: 512 << 10,
  chunkLineBytes: 4 << 10,
  skippedBodyBytes: 256 << 10,
  headTimeoutMs: 60_000,
  wholeBodyTimeoutMs: 120_000,
};
