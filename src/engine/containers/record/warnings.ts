import type { ContainerRecord } from '../types.ts';

/** What the user should know about a container that was made nonetheless. */
export function warningsAbout({ hostConfig }: ContainerRecord): string[] {
  const warnings: string[] = [];
  const publishes = Object.keys(hostConfig.PortBindings ?? {}).length > 0;
  if (hostConfig.NetworkMode === 'host' && publishes) {
    warnings.push('Published ports are discarded when using host network mode');
  }
  if (hostConfig.OomKillDisable === true && hostConfig.Memory === 0) {
    warnings.push(
      'OOM killer is disabled for the container, but no memory limit is set, this can result in the system running out of resources.',
    );
  }
  return warnings;
}
