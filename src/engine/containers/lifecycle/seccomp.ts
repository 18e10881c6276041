import { release } from 'node:os';
import type { LinuxSeccomp } from '#oci';
import { defaultSeccompProfile, parseSeccompProfile, resolveSeccomp } from '#runtime';

/** The filter of a container: of a profile's JSON text, or of the default profile. */
export function seccompFor(profile: string | undefined, capabilities: readonly string[]): LinuxSeccomp {
  const parsed = profile === undefined ? defaultSeccompProfile : parseSeccompProfile(profile);
  return resolveSeccomp(parsed, { capabilities, kernelRelease: release() });
}
