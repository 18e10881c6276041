/** The kinds of frames; front/frame.h has the same. Each frame is its kind, the length of its payload (u32 LE), the payload. */
export const frameKind = {
  /** To us: a command line with its surroundings. */
  call: 0x43,
  /** To us: the command is ours to run. */
  go: 0x47,
  /** To us: a signal has come, by number. */
  signal: 0x53,
  /** From us: we could run it. */
  willing: 0x57,
  out: 0x4f,
  error: 0x45,
  /** From us: the numbers of signals that the command takes from now on. */
  take: 0x54,
  /** From us: the exit code, and nothing after it. */
  exit: 0x58,
} as const;

export interface Frame {
  readonly kind: number;
  readonly payload: Buffer;
}

const headerBytes = 5;
const nothing = Buffer.alloc(0);

/** Arguments and environment of a program are bounded by the kernel: 2 MiB, and a little for the letters before them. */
const longestPayload = 8 << 20;

export function encodeFrame(kind: number, payload: Uint8Array = nothing): Buffer {
  const frame = Buffer.allocUnsafe(headerBytes + payload.length);
  frame[0] = kind;
  frame.writeUInt32LE(payload.length, 1);
  frame.set(payload, headerBytes);
  return frame;
}

/** Puts frames together from the pieces in which they come. */
export class FrameReader {
  #rest = nothing;

  /** The frames that these bytes complete. @throws Error for a frame of an absurd length */
  *push(bytes: Uint8Array): Generator<Frame, void> {
    this.#rest = Buffer.concat([this.#rest, bytes]);
    while (this.#rest.length >= headerBytes) {
      const length = this.#rest.readUInt32LE(1);
      if (length > longestPayload) throw new Error(`a frame of ${length} bytes`);
      const end = headerBytes + length;
      if (this.#rest.length < end) return;
      const frame = { kind: this.#rest.readUInt8(0), payload: this.#rest.subarray(headerBytes, end) };
      this.#rest = this.#rest.subarray(end);
      yield frame;
    }
  }
}
