import { EngineError } from '#base';
import { HEADER_SIZE, MAGIC, OP_HEADER_SIZE, PLAN_VERSION } from './layout.ts';
import { definitionOf, type LaunchPlan, type Op, type OperandType, type OperandValue } from './ops.ts';

/**
 * The plan as the core reads it (docs/launch-plan.md).
 * @throws EngineError invalid, when a text holds a NUL byte: it would be cut short in C
 */
export function encodePlan(plan: LaunchPlan): Uint8Array {
  const writer = new Writer();
  const sections = [plan.before, plan.after, plan.init].map((list) => {
    const offset = writer.size;
    for (const op of list) writeOp(writer, op);
    return { offset, size: writer.size - offset };
  });
  const bytes = writer.bytes();
  const header = Buffer.from(bytes.buffer, bytes.byteOffset, HEADER_SIZE);
  header.write(MAGIC, 0, 'latin1');
  header.writeUInt16LE(PLAN_VERSION, 4);
  header.writeUInt32LE(bytes.length, 8);
  header.writeBigUInt64LE(plan.cloneFlags, 16);
  for (const [index, section] of sections.entries()) {
    header.writeUInt32LE(section.offset, 24 + index * 8);
    header.writeUInt32LE(section.size, 28 + index * 8);
  }
  return bytes;
}

function writeOp(writer: Writer, op: Op): void {
  const { code, operands } = definitionOf(op.op);
  const start = writer.size;
  writer.u32(code);
  writer.u32(0);
  const values: Readonly<Record<string, OperandValue>> = op;
  for (const [name, type] of Object.entries(operands)) writeOperand(writer, type, values[name]);
  writer.patchU32(start + OP_HEADER_SIZE - 4, writer.size - start);
}

function writeOperand(writer: Writer, type: OperandType, value: OperandValue | undefined): void {
  if (type === 'u32' && typeof value === 'number') writer.u32(value);
  else if (type === 'u64' && typeof value === 'bigint') writer.u64(value);
  else if (type === 'text' && typeof value === 'string') writer.text(value);
  else if (type === 'bytes' && value instanceof Uint8Array) writer.blob(value);
  else if (Array.isArray(value)) writeList(writer, type === 'texts' ? 'text' : 'u32', value);
  else throw new TypeError(`operand of type ${type} expected, got ${typeof value}`);
}

function writeList(writer: Writer, type: OperandType, values: readonly OperandValue[]): void {
  writer.u32(values.length);
  for (const value of values) writeOperand(writer, type, value);
}

/** A growing little-endian buffer whose position is always a multiple of four. */
class Writer {
  #buffer = Buffer.alloc(8192);
  #size = HEADER_SIZE;

  get size(): number {
    return this.#size;
  }

  bytes(): Uint8Array {
    return this.#buffer.subarray(0, this.#size);
  }

  u32(value: number): void {
    const position = this.#reserve(4);
    this.#buffer.writeUInt32LE(value, position);
  }

  u64(value: bigint): void {
    const position = this.#reserve(8);
    this.#buffer.writeBigUInt64LE(value, position);
  }

  patchU32(position: number, value: number): void {
    this.#buffer.writeUInt32LE(value, position);
  }

  text(value: string): void {
    if (value.includes('\0')) throw new EngineError('invalid', `NUL byte in ${JSON.stringify(value)}`);
    this.blob(Buffer.from(value));
  }

  blob(value: Uint8Array): void {
    this.u32(value.length);
    const padded = (value.length + 4) & ~3;
    const position = this.#reserve(padded);
    this.#buffer.set(value, position);
    this.#buffer.fill(0, position + value.length, position + padded);
  }

  #reserve(size: number): number {
    const position = this.#size;
    this.#size += size;
    if (this.#size > this.#buffer.length) {
      const larger = Buffer.alloc(Math.max(this.#size, this.#buffer.length * 2));
      larger.set(this.#buffer.subarray(0, position));
      this.#buffer = larger;
    }
    return position;
  }
}
