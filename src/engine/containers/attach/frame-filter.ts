const headerBytes = 8;
const streams = { stdout: 1, stderr: 2 } as const;

/** Lets the frames of some streams of a multiplexed output pass; they may come in pieces of any size. */
export class FrameFilter {
  readonly #wanted: readonly number[];
  #head: Buffer = Buffer.alloc(0);
  #left = 0;
  #passes = false;

  constructor({ stdout, stderr }: { readonly stdout: boolean; readonly stderr: boolean }) {
    this.#wanted = [...(stdout ? [streams.stdout] : []), ...(stderr ? [streams.stderr] : [])];
  }

  /** What passes of the next piece; perhaps nothing. */
  filter(chunk: Buffer): Buffer {
    const passed: Buffer[] = [];
    for (let rest = chunk; rest.length > 0; ) {
      const taken = this.#left > 0 ? this.#takePayload(rest, passed) : this.#takeHead(rest, passed);
      rest = rest.subarray(taken);
    }
    return passed.length === 1 && passed[0] !== undefined ? passed[0] : Buffer.concat(passed);
  }

  #takePayload(rest: Buffer, passed: Buffer[]): number {
    const payload = rest.subarray(0, this.#left);
    if (this.#passes) passed.push(payload);
    this.#left -= payload.length;
    return payload.length;
  }

  #takeHead(rest: Buffer, passed: Buffer[]): number {
    const part = rest.subarray(0, headerBytes - this.#head.length);
    this.#head = Buffer.concat([this.#head, part]);
    if (this.#head.length < headerBytes) return part.length;
    this.#passes = this.#wanted.includes(this.#head[0] ?? 0);
    this.#left = this.#head.readUInt32BE(4);
    if (this.#passes) passed.push(this.#head);
    this.#head = Buffer.alloc(0);
    return part.length;
  }
}
