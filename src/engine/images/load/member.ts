import { EngineError } from '#base';
import { headLength } from './member-head.ts';

/** Takes a member's bytes, and says where they are to be put. */
export interface MemberTarget {
  /** Room for what comes next, not empty; it may be more than the member needs. */
  room(): Promise<Uint8Array>;
  /** Takes what was put at the front of the room. */
  filled(length: number): Promise<void>;
  end(): Promise<void>;
}

const scratch = new Uint8Array(64 << 10);

/** Of members that nobody wants. */
const nowhere: MemberTarget = {
  room: async () => scratch,
  filled: async () => {},
  end: async () => {},
};

/** One member of an archive, whose first bytes decide where it goes. */
export class Member {
  readonly #open: (head: Uint8Array) => Promise<MemberTarget | undefined>;
  readonly #head: Uint8Array;
  #headBytes = 0;
  #target: MemberTarget = nowhere;

  constructor(sizeBytes: number, open: (head: Uint8Array) => Promise<MemberTarget | undefined>) {
    this.#open = open;
    this.#head = new Uint8Array(headLength(sizeBytes));
  }

  /** Room for what comes next. */
  async room(): Promise<Uint8Array> {
    return this.#isOpen ? await this.#target.room() : this.#head.subarray(this.#headBytes);
  }

  async filled(length: number): Promise<void> {
    if (this.#isOpen) return this.#target.filled(length);
    this.#headBytes += length;
    if (!this.#isOpen) return;
    this.#target = (await this.#open(this.#head)) ?? this.#target;
    await copyTo(this.#target, this.#head);
  }

  async end(): Promise<void> {
    if (!this.#isOpen) throw new EngineError('invalid', 'unexpected EOF');
    await this.#target.end();
  }

  get #isOpen(): boolean {
    return this.#headBytes === this.#head.length;
  }
}

async function copyTo(target: MemberTarget, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const room = await target.room();
    const piece = bytes.subarray(at, at + room.length);
    room.set(piece);
    await target.filled(piece.length);
    at += piece.length;
  }
}
