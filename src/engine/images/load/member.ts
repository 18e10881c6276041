import { EngineError } from '#base';
import { headLength } from './member-head.ts';

/** Takes a member's bytes. */
export interface MemberTarget {
  write(piece: Uint8Array): Promise<void>;
  end(): Promise<void>;
}

/** One member of an archive, whose first bytes decide where it goes. */
export class Member {
  readonly #open: (head: Uint8Array) => Promise<MemberTarget | undefined>;
  readonly #headBytes: number;
  #head: Buffer = Buffer.alloc(0);
  #opened = false;
  #target: MemberTarget | undefined;

  constructor(sizeBytes: number, open: (head: Uint8Array) => Promise<MemberTarget | undefined>) {
    this.#open = open;
    this.#headBytes = headLength(sizeBytes);
  }

  async write(piece: Uint8Array): Promise<void> {
    if (this.#opened) {
      await this.#target?.write(piece);
      return;
    }
    this.#head = Buffer.concat([this.#head, piece]);
    if (this.#head.length < this.#headBytes) return;
    this.#opened = true;
    this.#target = await this.#open(this.#head);
    await this.#target?.write(this.#head);
    this.#head = Buffer.alloc(0);
  }

  async end(): Promise<void> {
    if (!this.#opened) throw new EngineError('invalid', 'unexpected EOF');
    await this.#target?.end();
  }
}
