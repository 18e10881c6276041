import type { HostConfig } from '#api';
import { EngineError } from '#base';
import { capabilityNames } from '#oci';

/** What a container may do when nobody says otherwise. */
export const defaultCapabilities: readonly string[] = [
  'CAP_CHOWN',
  'CAP_DAC_OVERRIDE',
  'CAP_FSETID',
  'CAP_FOWNER',
  'CAP_MKNOD',
  'CAP_NET_RAW',
  'CAP_SETGID',
  'CAP_SETUID',
  'CAP_SETFCAP',
  'CAP_SETPCAP',
  'CAP_NET_BIND_SERVICE',
  'CAP_SYS_CHROOT',
  'CAP_KILL',
  'CAP_AUDIT_WRITE',
];

/**
 * The capabilities of a container: all that are available when privileged, else of the default set without what is
 * dropped and with what is added; `ALL` on either side works, and the other side then names the exceptions.
 * @param available what the daemon itself holds
 * @throws EngineError invalid, for a name that is no capability
 */
export function resolveCapabilities(
  asked: Pick<HostConfig, 'CapAdd' | 'CapDrop' | 'Privileged'>,
  available: readonly string[],
): string[] {
  const added = parseCapabilities(asked, 'CapAdd');
  const dropped = parseCapabilities(asked, 'CapDrop');
  if (asked.Privileged) return [...available];
  if (added.includes('ALL')) return available.filter((name) => !dropped.includes(name));
  if (dropped.includes('ALL')) return added;
  const kept = defaultCapabilities.filter((name) => available.includes(name) && !dropped.includes(name));
  return [...new Set([...kept, ...added])];
}

/** The full names of what is added or dropped, or `ALL`. @throws EngineError invalid, for a name that is no capability */
export function parseCapabilities(
  asked: Pick<HostConfig, 'CapAdd' | 'CapDrop'>,
  field: 'CapAdd' | 'CapDrop',
): string[] {
  return (asked[field] ?? []).map((text) => parseCapability(text, field));
}

function parseCapability(text: string, field: string): string {
  const upper = text.toUpperCase();
  if (upper === 'ALL' || upper === 'CAP_ALL') return 'ALL';
  const name = upper.startsWith('CAP_') ? upper : `CAP_${upper}`;
  if (capabilityNames.includes(name)) return name;
  throw new EngineError('invalid', `invalid ${field}: unknown capability: "${name}"`);
}
