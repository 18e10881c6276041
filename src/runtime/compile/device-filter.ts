import type { DeviceRule } from '#oci';
import { isAny, resolveDevicePolicy } from './device-rules.ts';

/** Registers of the program: r1 is the kernel's argument, r0 the answer. */
const register = { answer: 0, context: 1, type: 2, access: 3, major: 4, minor: 5, scratch: 6 } as const;

/** eBPF opcodes (linux/bpf.h): class, size or operation, and where the second operand comes from. */
const opcode = {
  loadWord: 0x61,
  moveRegister: 0xbf,
  moveNumber: 0xb7,
  andNumber: 0x57,
  shiftRight: 0x77,
  jumpIfNotEqual: 0x55,
  jumpIfEqual: 0x15,
  exit: 0x95,
} as const;

const deviceTypes = { b: 1, c: 2 } as const;
const accessBits: Readonly<Record<string, number>> = { m: 1, r: 2, w: 4 };

interface Instruction {
  readonly code: number;
  readonly destination: number;
  readonly source?: number;
  readonly offset?: number;
  readonly immediate?: number;
}

/**
 * The rules as an eBPF program of type CGROUP_DEVICE: it answers 1 for an access that is allowed.
 * Undefined when every access is: then no program is needed.
 */
export function compileDeviceFilter(rules: readonly DeviceRule[]): Uint8Array | undefined {
  const policy = resolveDevicePolicy(rules);
  if (policy.allowByDefault && policy.rules.length === 0) return undefined;
  const program = [
    ...prologue(),
    ...policy.rules.toReversed().flatMap(compileRule),
    ...answer(policy.allowByDefault),
  ];
  return encode(program);
}

/** struct bpf_cgroup_dev_ctx { u32 access_type (access << 16 | type), major, minor } into registers. */
function prologue(): Instruction[] {
  const load = (destination: number, offset: number): Instruction => ({
    code: opcode.loadWord,
    destination,
    source: register.context,
    offset,
  });
  return [
    load(register.type, 0),
    { code: opcode.moveRegister, destination: register.access, source: register.type },
    { code: opcode.andNumber, destination: register.type, immediate: 0xffff },
    { code: opcode.shiftRight, destination: register.access, immediate: 16 },
    load(register.major, 4),
    load(register.minor, 8),
  ];
}

/** Answers if the rule speaks of this access; otherwise falls through to what follows. */
function compileRule(rule: DeviceRule): Instruction[] {
  const { type = 'a', major, minor } = rule;
  const tests: Instruction[] = [];
  const unless = (destination: number, immediate: number) =>
    tests.push({ code: opcode.jumpIfNotEqual, destination, immediate });
  if (type !== 'a') unless(register.type, deviceTypes[type]);
  tests.push(...accessTest(rule));
  if (!isAny(major)) unless(register.major, major ?? 0);
  if (!isAny(minor)) unless(register.minor, minor ?? 0);
  const body = [...tests, ...answer(rule.allow)];
  return body.map((step, index) => (isJump(step) ? { ...step, offset: body.length - index - 1 } : step));
}

/** A rule that allows must name every access asked for; one that denies, any of them. */
function accessTest({ allow, access = 'rwm' }: DeviceRule): Instruction[] {
  const named = [...access].reduce((bits, letter) => bits | (accessBits[letter] ?? 0), 0);
  const immediate = allow ? 7 & ~named : named;
  return [
    { code: opcode.moveRegister, destination: register.scratch, source: register.access },
    { code: opcode.andNumber, destination: register.scratch, immediate },
    {
      code: allow ? opcode.jumpIfNotEqual : opcode.jumpIfEqual,
      destination: register.scratch,
      immediate: 0,
    },
  ];
}

function answer(allowed: boolean): Instruction[] {
  return [
    { code: opcode.moveNumber, destination: register.answer, immediate: allowed ? 1 : 0 },
    { code: opcode.exit, destination: 0 },
  ];
}

function isJump({ code }: Instruction): boolean {
  return code === opcode.jumpIfNotEqual || code === opcode.jumpIfEqual;
}

function encode(program: readonly Instruction[]): Uint8Array {
  const bytes = Buffer.alloc(program.length * 8);
  for (const [index, { code, destination, source = 0, offset = 0, immediate = 0 }] of program.entries()) {
    bytes.writeUInt8(code, index * 8);
    bytes.writeUInt8((source << 4) | destination, index * 8 + 1);
    bytes.writeInt16LE(offset, index * 8 + 2);
    bytes.writeInt32LE(immediate, index * 8 + 4);
  }
  return bytes;
}
