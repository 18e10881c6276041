import { EngineError } from '#base';
import type { LinuxNamespace, NamespaceType } from '#oci';
import type { OpOf } from '../plan/plan.ts';

/** Which namespace keeps a sysctl apart from the host's; every other one is the whole machine's. */
const owners: readonly (readonly [pattern: RegExp, type: NamespaceType])[] = [
  [/^net\//, 'network'],
  [/^fs\/mqueue\//, 'ipc'],
  [/^kernel\/(msgmax|msgmnb|msgmni|sem|shmall|shmmax|shmmni|shm_rmid_forced)$/, 'ipc'],
  [/^kernel\/(domainname|hostname)$/, 'uts'],
];

/**
 * Writes of the sysctls that a container sets for itself.
 * @throws EngineError invalid, for one that would change the host
 */
export function compileSysctls(
  sysctls: Readonly<Record<string, string>>,
  namespaces: readonly LinuxNamespace[],
): OpOf<'writeProc'>[] {
  return Object.entries(sysctls).map(([name, value]) => {
    const path = sysctlFile(name);
    requireOwnNamespace(name, path, namespaces);
    return { op: 'writeProc', path: `sys/${path}`, value };
  });
}

/** `net.ipv4.ip_forward` and `net/ipv4/conf/eth0.1/rp_filter` are both accepted. */
function sysctlFile(name: string): string {
  const dotted = name.search(/[./]/) === name.indexOf('.');
  const path = dotted ? name.replaceAll(/[./]/g, (separator) => (separator === '.' ? '/' : '.')) : name;
  if (/^\/|\/\/|(^|\/)\.\.?(\/|$)/.test(path)) throw new EngineError('invalid', `invalid sysctl "${name}"`);
  return path;
}

function requireOwnNamespace(name: string, path: string, namespaces: readonly LinuxNamespace[]): void {
  const owner = owners.find(([pattern]) => pattern.test(path))?.[1];
  if (owner === undefined) {
    throw new EngineError('invalid', `sysctl "${name}" is not in a separate kernel namespace`);
  }
  if (namespaces.some(({ type }) => type === owner)) return;
  throw new EngineError('invalid', `sysctl "${name}" not allowed in host ${owner} namespace`);
}
