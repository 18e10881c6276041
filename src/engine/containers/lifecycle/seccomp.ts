import { release } from 'node:os';
import type { LinuxSeccomp } from '#oci';
import { defaultSeccompProfile, parseSeccompProfile, resolveSeccomp, type SeccompProfile } from '#runtime';

/** The filter of a container: of a profile's JSON text, or of the default profile. */
export function seccompFor(profile: string | undefined, capabilities: readonly string[]): LinuxSeccomp {
  return resolveSeccomp(profile === undefined ? defaultSeccompProfile : parsed(profile), {
    capabilities,
    kernelRelease: release(),
  });
}

/** Profiles by their text: the same object again lets the compiled filter be found again. */
const profiles = new Map<string, SeccompProfile>();
const mostProfiles = 16;

function parsed(text: string): SeccompProfile {
  let profile = profiles.get(text);
  if (profile === undefined) {
    profile = parseSeccompProfile(text);
    if (profiles.size >= mostProfiles) profiles.clear();
    profiles.set(text, profile);
  }
  return profile;
}
