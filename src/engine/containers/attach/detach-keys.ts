import { EngineError } from '#base';

const usual = 'ctrl-p,ctrl-q';

/**
 * Reads Docker's notation (`ctrl-p,ctrl-q`, `a,b`, `DEL`); empty means the usual. `kind` is what the refusal calls them.
 * @throws EngineError invalid
 */
export function parseDetachKeys(text: string, kind: 'detach' | 'escape'): Uint8Array {
  const keys = (text || usual).split(',').map(parseKey);
  const codes = keys.filter((code) => code !== undefined);
  if (codes.length === keys.length) return Uint8Array.from(codes);
  throw new EngineError('invalid', `Invalid ${kind} keys (${text}) provided`);
}

function parseKey(key: string): number | undefined {
  if (key.length === 1 && key < '\x80') return key.charCodeAt(0);
  if (key === 'DEL') return 0x7f;
  const control = /^ctrl-([a-z@[\\\]^_])$/.exec(key)?.[1];
  return control === undefined ? undefined : control.toUpperCase().charCodeAt(0) & 0x1f;
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
