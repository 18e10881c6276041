/**
 * Finds a function in a stripped Go program by its name: the runtime keeps a table of all functions (section
 * .gopclntab, the layout of Go 1.20 and later) for its tracebacks. 64-bit little-endian ELF only.
 */
const tableMagic = 0xfffffff1;
/** Offset of the address of the first function in the runtime's module record. */
const moduleTextOffset = 176;

interface Section {
  readonly name: string;
  readonly address: number;
  readonly offset: number;
}

/** File offset of a function's first instruction; undefined when the program has no such function. */
export function findGoFunction(binary: Buffer, name: string): number | undefined {
  const sections = readSections(binary);
  const section = (wanted: string): Section | undefined => sections.find((entry) => entry.name === wanted);
  const [table, module, text] = [section('.gopclntab'), section('.go.module'), section('.text')];
  if (table === undefined || module === undefined || text === undefined) return undefined;
  const entry = findEntry(binary.subarray(table.offset), name);
  if (entry === undefined) return undefined;
  return read64(binary, module.offset + moduleTextOffset) + entry - text.address + text.offset;
}

/** A function's distance from the first one. */
function findEntry(table: Buffer, name: string): number | undefined {
  if (table.readUInt32LE(0) !== tableMagic) return undefined;
  const count = read64(table, 8);
  const names = read64(table, 32);
  const functions = read64(table, 64);
  const nameOffset = table.indexOf(`\0${name}\0`, names) + 1 - names;
  for (let index = 0; index < count; index++) {
    const entry = table.readUInt32LE(functions + index * 8);
    const record = functions + table.readUInt32LE(functions + index * 8 + 4);
    if (table.readInt32LE(record + 4) === nameOffset) return entry;
  }
  return undefined;
}

function readSections(binary: Buffer): Section[] {
  const start = read64(binary, 40);
  const headerBytes = binary.readUInt16LE(58);
  const count = binary.readUInt16LE(60);
  const at = (index: number): number => start + index * headerBytes;
  const names = read64(binary, at(binary.readUInt16LE(62)) + 24);
  return Array.from({ length: count }, (_, index) => {
    const name = names + binary.readUInt32LE(at(index));
    return {
      name: binary.toString('latin1', name, binary.indexOf(0, name)),
      address: read64(binary, at(index) + 16),
      offset: read64(binary, at(index) + 24),
    };
  });
}

function read64(buffer: Buffer, offset: number): number {
  return Number(buffer.readBigUInt64LE(offset));
}
