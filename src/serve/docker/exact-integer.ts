declare global {
  interface JSON {
    /** A value that stringify() writes as this text. */
    rawJSON(text: string): object;
  }
}

const most = 2n ** 64n - 1n;

/** An unsigned integer of 64 bits as JSON has it to the last digit, which a number could not; a larger one is the largest. */
export function exactInteger(value: bigint): object {
  return JSON.rawJSON(String(value > most ? most : value));
}
