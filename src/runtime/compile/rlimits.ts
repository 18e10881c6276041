import { EngineError } from '#base';
import type { Rlimit } from '#oci';
import type { OpOf } from '../plan/plan.ts';

/** RLIMIT_* numbers of the generic architectures (asm-generic/resource.h), by index. */
const resources = [
  'CPU',
  'FSIZE',
  'DATA',
  'STACK',
  'CORE',
  'RSS',
  'NPROC',
  'NOFILE',
  'MEMLOCK',
  'AS',
  'LOCKS',
  'SIGPENDING',
  'MSGQUEUE',
  'NICE',
  'RTPRIO',
  'RTTIME',
];

const infinity = 0xffff_ffff_ffff_ffffn;

/** @throws EngineError invalid, for a name that is no resource limit or one that stands there twice */
export function compileRlimits(rlimits: readonly Rlimit[]): readonly OpOf<'rlimit'>[] {
  const seen = new Set<string>();
  return rlimits.map(({ type, soft, hard }) => {
    const resource = resources.indexOf(type.replace(/^RLIMIT_/, ''));
    if (resource < 0) throw new EngineError('invalid', `invalid rlimit type: ${type}`);
    if (seen.has(type)) throw new EngineError('invalid', `rlimit ${type} is set twice`);
    seen.add(type);
    return { op: 'rlimit', resource, soft: limitValue(soft), hard: limitValue(hard) };
  });
}

/** Both -1 and the largest u64, which JSON numbers round up to 2^64, mean unlimited. */
function limitValue(value: number): bigint {
  return value < 0 || value >= 2 ** 64 ? infinity : BigInt(value);
}
