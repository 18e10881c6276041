/** One system call as a filter sees it. */
export interface SystemCall {
  readonly auditNumber: number;
  readonly number: number;
  readonly args?: readonly bigint[];
}

/** Runs a classic BPF program as the kernel would. @returns the filter's answer and the steps it took */
export function runFilter(program: Uint8Array, call: SystemCall): { value: number; steps: number } {
  const code = Buffer.from(program);
  const input = describe(call);
  let accumulator = 0;
  for (let at = 0, steps = 1; at < code.length / 8; at++, steps++) {
    const operation = code.readUInt16LE(at * 8);
    const whenTrue = code.readUInt8(at * 8 + 2);
    const whenFalse = code.readUInt8(at * 8 + 3);
    const operand = code.readUInt32LE(at * 8 + 4);
    if (operation === 0x06) return { value: operand, steps };
    if (operation === 0x20) accumulator = input.readUInt32LE(operand);
    else if (operation === 0x54) accumulator = (accumulator & operand) >>> 0;
    else if (operation === 0x05) at += operand;
    else at += compare(operation, accumulator, operand) ? whenTrue : whenFalse;
  }
  throw new RangeError('the program runs over its end');
}

function compare(operation: number, accumulator: number, operand: number): boolean {
  if (operation === 0x15) return accumulator === operand;
  if (operation === 0x25) return accumulator > operand;
  if (operation === 0x35) return accumulator >= operand;
  throw new RangeError(`unknown operation 0x${operation.toString(16)}`);
}

/** struct seccomp_data */
function describe({ auditNumber, number, args = [] }: SystemCall): Buffer {
  const data = Buffer.alloc(64);
  data.writeUInt32LE(number >>> 0, 0);
  data.writeUInt32LE(auditNumber, 4);
  for (const [index, value] of args.entries())
    data.writeBigUInt64LE(BigInt.asUintN(64, value), 16 + index * 8);
  return data;
}
