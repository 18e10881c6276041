import { EngineError } from '#base';

/** The `--security-opt` values of a request, read. */
export interface SecurityOptions {
  readonly noNewPrivileges: boolean;
  /** A seccomp profile's JSON text, `unconfined`, or absent: the default profile. */
  readonly seccomp: string | undefined;
}

/** @throws EngineError invalid, in Docker's words */
export function parseSecurityOptions(options: readonly string[]): SecurityOptions {
  let noNewPrivileges = false;
  let seccomp: string | undefined;
  for (const option of options) {
    const [key, value] = split(option);
    if (key === 'no-new-privileges') noNewPrivileges = parseFlag(value ?? 'true', option);
    else if (key === 'seccomp') seccomp = value === 'builtin' ? undefined : value;
    else if (key === 'systempaths' && value === 'unconfined') continue;
    else if (key === 'label' || key === 'apparmor') continue;
    else throw new EngineError('invalid', `invalid --security-opt 2: "${option}"`);
  }
  return { noNewPrivileges, seccomp };
}

/** `key=value`, in old requests `key:value`. */
function split(option: string): [key: string, value: string | undefined] {
  if (option === 'no-new-privileges') return [option, undefined];
  const at = option.includes('=') ? option.indexOf('=') : option.indexOf(':');
  if (at < 0) throw new EngineError('invalid', `invalid --security-opt 1: "${option}"`);
  return [option.slice(0, at), option.slice(at + 1)];
}

function parseFlag(value: string, option: string): boolean {
  if (value === 'true' || value === '1') return true;
  if (value === 'false' || value === '0') return false;
  throw new EngineError('invalid', `invalid --security-opt 2: "${option}"`);
}
