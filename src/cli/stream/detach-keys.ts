/** What the user types to leave a container running and go. */
export const defaultDetachKeys = 'ctrl-p,ctrl-q';

/**
 * The bytes of a key sequence such as `ctrl-p,ctrl-q` or `a,b`.
 * @throws Error with the stock client's words for an unknown key
 */
export function parseDetachKeys(text: string): Uint8Array {
  return Uint8Array.from(text.split(','), keyCode);
}

function keyCode(key: string): number {
  if (key.length === 1) return key.charCodeAt(0);
  const code = /^ctrl-([a-z@[\\\]^_])$/.exec(key)?.[1];
  if (code === undefined) throw new Error(`Unknown character: '${key}'`);
  return code.toUpperCase().charCodeAt(0) - '@'.charCodeAt(0);
}

/** The user typed the detach keys. */
export class Detached extends Error {
  override readonly name = 'Detached';

  constructor() {
    super('read escape sequence');
  }
}

/** Passes input on and holds back what may be the beginning of the keys. @throws Detached when they are complete */
export async function* watchDetachKeys(
  input: AsyncIterable<Uint8Array>,
  keys: Uint8Array,
): AsyncGenerator<Uint8Array, void> {
  let matched = 0;
  for await (const chunk of input) {
    const passed: number[] = [];
    for (const byte of chunk) {
      if (byte === keys[matched]) matched++;
      else {
        passed.push(...keys.subarray(0, matched));
        matched = byte === keys[0] ? 1 : 0;
        if (matched === 0) passed.push(byte);
      }
      if (matched === keys.length) break;
    }
    if (passed.length > 0) yield Uint8Array.from(passed);
    if (matched === keys.length) throw new Detached();
  }
}
