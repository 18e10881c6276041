import { EngineError } from '#base';

/** Classic BPF opcodes of a seccomp filter (linux/bpf_common.h). */
export const bpf = {
  loadAbsolute: 0x20,
  andNumber: 0x54,
  jumpAlways: 0x05,
  jumpIfEqual: 0x15,
  jumpIfGreater: 0x25,
  jumpIfGreaterOrEqual: 0x35,
  return: 0x06,
} as const;

/** A place in a program: how many instructions there are from it to the end. */
export type Label = number;

const maxInstructions = 4096;
/** A conditional jump reaches 255 instructions; a few less leave room for what is put between. */
const reach = 250;

/**
 * A program that is written from its end to its start, so that every jump goes to what is written already and
 * its distance is known. Each method puts its instructions in front and returns their label.
 */
export class ReverseProgram {
  readonly #reversed: bigint[] = [];
  readonly #returns = new Map<number, Label>();

  /** Ends the filter with a value; the same instruction serves all who can reach it. */
  return(value: number): Label {
    const known = this.#returns.get(value);
    if (known !== undefined && this.#isNear(known)) return known;
    const label = this.#put(bpf.return, 0, 0, value);
    this.#returns.set(value, label);
    return label;
  }

  /** Compares the accumulator with a number and goes one way or the other. */
  branch(code: number, number: number, whenTrue: Label, whenFalse: Label): Label {
    const yes = this.#within(whenTrue);
    const no = this.#within(whenFalse);
    return this.#put(code, this.#distance(yes), this.#distance(no), number);
  }

  /** Loads a 32-bit word of struct seccomp_data and goes on with `next`. */
  load(offset: number, next: Label): Label {
    return this.#putBefore(next, bpf.loadAbsolute, offset);
  }

  /** Masks the accumulator and goes on with `next`. */
  mask(bits: number, next: Label): Label {
    return this.#putBefore(next, bpf.andNumber, bits);
  }

  /** The program as an array of struct sock_filter. @throws EngineError invalid, when it is too long */
  encode(): Uint8Array {
    const { length } = this.#reversed;
    if (length > maxInstructions) {
      throw new EngineError('invalid', `seccomp: the filter has ${length} instructions, 4096 are allowed`);
    }
    const bytes = Buffer.alloc(length * 8);
    for (const [index, instruction] of this.#reversed.entries()) {
      bytes.writeBigUInt64LE(instruction, (length - 1 - index) * 8);
    }
    return bytes;
  }

  /** A program runs on into the next instruction, so what is not directly behind is jumped to. */
  #putBefore(next: Label, code: number, number: number): Label {
    if (next !== this.#reversed.length) this.#put(bpf.jumpAlways, 0, 0, this.#distance(next));
    return this.#put(code, 0, 0, number);
  }

  #within(label: Label): Label {
    return this.#isNear(label) ? label : this.#put(bpf.jumpAlways, 0, 0, this.#distance(label));
  }

  #isNear(label: Label): boolean {
    return this.#distance(label) <= reach;
  }

  #distance(label: Label): number {
    return this.#reversed.length - label;
  }

  #put(code: number, whenTrue: number, whenFalse: number, number: number): Label {
    const head = BigInt(code | (whenTrue << 16)) | (BigInt(whenFalse) << 24n);
    return this.#reversed.push(head | (BigInt(number >>> 0) << 32n));
  }
}
