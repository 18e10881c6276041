/** One access to a device as the kernel puts it to a CGROUP_DEVICE program. */
export interface DeviceAccess {
  readonly type: 'b' | 'c';
  readonly access: string;
  readonly major: number;
  readonly minor: number;
}

const accessBits: Readonly<Record<string, number>> = { m: 1, r: 2, w: 4 };

/** Runs the small part of eBPF that a device filter uses. @returns whether it allows the access */
export function runDeviceFilter(program: Uint8Array, { type, access, major, minor }: DeviceAccess): boolean {
  const code = Buffer.from(program);
  const wanted = [...access].reduce((bits, letter) => bits | (accessBits[letter] ?? 0), 0);
  const context = [(wanted << 16) | (type === 'b' ? 1 : 2), major, minor];
  const registers = new Array<number>(11).fill(0);
  for (let at = 0; at < code.length / 8; at++) {
    const operation = code.readUInt8(at * 8);
    const destination = code.readUInt8(at * 8 + 1) & 15;
    const source = code.readUInt8(at * 8 + 1) >> 4;
    const offset = code.readInt16LE(at * 8 + 2);
    const number = code.readInt32LE(at * 8 + 4);
    const value = registers[destination] ?? 0;
    if (operation === 0x95) return registers[0] === 1;
    if (operation === 0x61) registers[destination] = context[offset / 4] ?? 0;
    else if (operation === 0xbf) registers[destination] = registers[source] ?? 0;
    else if (operation === 0xb7) registers[destination] = number;
    else if (operation === 0x57) registers[destination] = value & number;
    else if (operation === 0x77) registers[destination] = value >>> number;
    else if (operation === 0x55) at += value === number ? 0 : offset;
    else if (operation === 0x15) at += value === number ? offset : 0;
    else throw new RangeError(`unknown operation 0x${operation.toString(16)}`);
  }
  throw new RangeError('the program runs over its end');
}
