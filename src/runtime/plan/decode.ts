import { HEADER_SIZE, MAGIC, OP_HEADER_SIZE, PLAN_VERSION } from './layout.ts';
import {
  definitionOf,
  type LaunchPlan,
  type Op,
  type OperandType,
  type OperandValue,
  type OpName,
  ops,
} from './ops.ts';

const namesByCode = new Map<number, OpName>(
  (Object.keys(ops) as OpName[]).map((name) => [definitionOf(name).code, name]),
);

/**
 * The inverse of encodePlan, for tests and for showing a plan.
 * @throws RangeError, when the bytes are no plan of this version
 */
export function decodePlan(bytes: Uint8Array): LaunchPlan {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer.toString('latin1', 0, 4) !== MAGIC) throw new RangeError('not a launch plan');
  const version = buffer.readUInt16LE(4);
  if (version !== PLAN_VERSION) throw new RangeError(`launch plan version ${version} is not known`);
  const list = (index: number): Op[] => {
    const offset = buffer.readUInt32LE(24 + index * 8);
    return readOps(buffer.subarray(offset, offset + buffer.readUInt32LE(28 + index * 8)));
  };
  return {
    cloneFlags: buffer.readBigUInt64LE(HEADER_SIZE - 32),
    before: list(0) as LaunchPlan['before'][number][],
    after: list(1) as LaunchPlan['after'][number][],
    init: list(2) as LaunchPlan['init'][number][],
  };
}

function readOps(section: Buffer): Op[] {
  const found: Op[] = [];
  for (let at = 0; at < section.length; ) {
    const length = section.readUInt32LE(at + 4);
    if (length < OP_HEADER_SIZE) throw new RangeError(`operation of length ${length}`);
    found.push(readOp(section.subarray(at, at + length)));
    at += length;
  }
  return found;
}

function readOp(bytes: Buffer): Op {
  const code = bytes.readUInt16LE(0);
  const name = namesByCode.get(code);
  if (name === undefined) throw new RangeError(`unknown opcode ${code}`);
  const reader = new Reader(bytes, OP_HEADER_SIZE);
  const entries = Object.entries(definitionOf(name).operands).map(([key, type]) => [
    key,
    reader.operand(type),
  ]);
  return { op: name, ...Object.fromEntries(entries) } as Op;
}

class Reader {
  readonly #bytes: Buffer;
  #at: number;

  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes;
    this.#at = at;
  }

  operand(type: OperandType): OperandValue {
    switch (type) {
      case 'u32':
        return this.#u32();
      case 'u64':
        this.#at += 8;
        return this.#bytes.readBigUInt64LE(this.#at - 8);
      case 'text':
        return this.#blob().toString();
      case 'bytes':
        return new Uint8Array(this.#blob());
      case 'texts':
        return Array.from({ length: this.#u32() }, () => this.#blob().toString());
      case 'u32s':
        return Array.from({ length: this.#u32() }, () => this.#u32());
    }
  }

  #u32(): number {
    this.#at += 4;
    return this.#bytes.readUInt32LE(this.#at - 4);
  }

  #blob(): Buffer {
    const size = this.#u32();
    const start = this.#at;
    this.#at += (size + 4) & ~3;
    return this.#bytes.subarray(start, start + size);
  }
}
