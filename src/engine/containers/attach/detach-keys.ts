import { EngineError } from '#base';

const usual = 'ctrl-p,ctrl-q';

/** Reads Docker's notation (`ctrl-p,ctrl-q`, `a,b`); empty means the usual. @throws EngineError invalid */
export function parseDetachKeys(text: string): Uint8Array {
  return Uint8Array.from((text || usual).split(','), parseKey);
}

function parseKey(key: string): number {
  if (key.length === 1) return key.charCodeAt(0);
  const control = /^ctrl-([a-z@[\\\]^_])$/.exec(key)?.[1];
  if (control === undefined) throw new EngineError('invalid', `Unknown character: '${key}'`);
  return control.toUpperCase().charCodeAt(0) & 0x1f;
}

/** Looks for a key sequence in what a user types, also across chunks. */
export class DetachScanner {
  readonly #keys: Uint8Array;
  #matched = 0;

  constructor(keys: Uint8Array) {
    this.#keys = keys;
  }

  /** What of the input the process shall get; keys that may begin the sequence are held back. */
  scan(chunk: Uint8Array): { readonly passed: Uint8Array; readonly detached: boolean } {
    const passed: number[] = [];
    for (const byte of chunk) {
      if (byte === this.#keys[this.#matched]) {
        this.#matched++;
        if (this.#matched === this.#keys.length) return { passed: Uint8Array.from(passed), detached: true };
        continue;
      }
      passed.push(...this.#keys.subarray(0, this.#matched));
      this.#matched = byte === this.#keys[0] ? 1 : 0;
      if (this.#matched === 0) passed.push(byte);
    }
    return { passed: Uint8Array.from(passed), detached: false };
  }
}
