/** 4 or 6 for an address, 0 for what is none. The module that knows is loaded only when it is asked. */
export function ipVersion(text: string): number {
  return process.getBuiltinModule('node:net').isIP(text);
}
