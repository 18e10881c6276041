import { syscallNames } from './syscall-names.ts';

/** One way into the kernel: what a filter sees as the architecture, and the numbers behind the names. */
export interface Architecture {
  /** AUDIT_ARCH_* (linux/audit.h). */
  readonly auditNumber: number;
  /** Added to every number: x32 is x86_64 with a bit set. */
  readonly numberBase: number;
  readonly numbers: ReadonlyMap<string, number>;
}

/** The bit that marks system calls of the x32 interface. */
export const x32Bit = 0x4000_0000;

const definitions = {
  SCMP_ARCH_X86_64: { auditNumber: 0xc000_003e, table: 'x86_64', numberBase: 0 },
  SCMP_ARCH_X86: { auditNumber: 0x4000_0003, table: 'x86', numberBase: 0 },
  SCMP_ARCH_X32: { auditNumber: 0xc000_003e, table: 'x32', numberBase: x32Bit },
  SCMP_ARCH_AARCH64: { auditNumber: 0xc000_00b7, table: 'aarch64', numberBase: 0 },
  SCMP_ARCH_ARM: { auditNumber: 0x4000_0028, table: 'arm', numberBase: 0 },
} as const;

export type ArchitectureName = keyof typeof definitions;

function isKnown(name: string): name is ArchitectureName {
  return Object.hasOwn(definitions, name);
}

const cache = new Map<string, Architecture>();

/** The architecture of a name such as `SCMP_ARCH_X86_64`; undefined for one Wharf does not run on. */
export function architectureOf(name: string): Architecture | undefined {
  if (!isKnown(name)) return undefined;
  let architecture = cache.get(name);
  if (architecture === undefined) {
    const { table, ...rest } = definitions[name];
    architecture = { ...rest, numbers: parseTable(syscallNames[table], rest.numberBase) };
    cache.set(name, architecture);
  }
  return architecture;
}

/** What this process runs on. */
export function nativeArchitecture(): ArchitectureName {
  return process.arch === 'arm64' ? 'SCMP_ARCH_AARCH64' : 'SCMP_ARCH_X86_64';
}

function parseTable(table: string, base: number): ReadonlyMap<string, number> {
  const numbers = new Map<string, number>();
  let next = base;
  for (const word of table.trim().split(/\s+/)) {
    if (word.startsWith('@')) next = base + Number(word.slice(1));
    else numbers.set(word, next++);
  }
  return numbers;
}
