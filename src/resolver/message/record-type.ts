/** Numbers of DNS (RFC 1035, 3596, 6891). */
export const recordType = { a: 1, ptr: 12, aaaa: 28, opt: 41, any: 255 } as const;
export const recordClass = { internet: 1, any: 255 } as const;
export const responseCode = { ok: 0, badFormat: 1, serverFailure: 2, notImplemented: 4, refused: 5 } as const;

/** Bits of a message's flags, its third and fourth byte. */
export const flag = {
  response: 0x8000,
  truncated: 0x0200,
  recursionDesired: 0x0100,
  recursionAvailable: 0x0080,
  checkingDisabled: 0x0010,
} as const;

export const headerBytes = 12;
/** What every client takes over UDP. */
export const leastUdpBytes = 512;
