import { hostname } from 'node:os';
import { hostPlatform } from '#oci';

/** The version of BuildKit whose protocol is spoken. */
export const buildkitVersion = { package: 'github.com/moby/buildkit', version: 'v0.25.1', revision: '' };

/** What a client is told of who builds. */
export function workerOf(id: string) {
  const prefix = 'org.mobyproject.buildkit.worker';
  const { os, architecture, variant = '' } = hostPlatform();
  return {
    ID: id,
    Labels: {
      [`${prefix}.executor`]: 'oci',
      [`${prefix}.hostname`]: hostname(),
      [`${prefix}.network`]: 'host',
      [`${prefix}.snapshotter`]: 'overlayfs',
    },
    platforms: [{ OS: os, Architecture: architecture, Variant: variant }],
    BuildkitVersion: buildkitVersion,
  };
}

const frontendNames =
  'solve.base solve.inlinereturn resolveimage resolveimage.resolvemode return returnmap proto.refarray reference.output frontend.inputs gateway.solve.metadata frontend.caps gateway.solve.evaluate gateway.evaluate gateway.warnings importcaches';
const sourceNames =
  'source.image source.local source.local.unique source.local.sessionid source.local.includepatterns source.local.followpaths source.local.excludepatterns source.local.sharedkeyhint source.local.differ';
const stepNames =
  'exec.meta.base exec.mount.bind exec.mount.cache exec.mount.tmpfs exec.mount.secret file.base file.rm.wildcard file.copy.includeexcludepatterns constraints platform meta.ignorecache meta.description meta.exportcache';

export const frontendCapabilities = enabled(frontendNames);
export const stepCapabilities = enabled(
  `${sourceNames} ${stepNames} exporter.sourcedateepoch exporter.multiple`,
);

function enabled(names: string): { ID: string; Enabled: boolean }[] {
  return names.split(' ').map((ID) => ({ ID, Enabled: true }));
}
