import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism, hostname, release, totalmem } from 'node:os';
import { logDriverNames } from '#engine/containers';
import { detectCgroups, measureEntries, readSysctl } from '#linux';
import type { System, SystemFacts } from '#serve/docker';
import { backingFilesystem } from './backing-filesystem.ts';
import type { DaemonSettings } from './config/settings.ts';
import { engineId } from './engine-id.ts';
import { limitsOf, warningsAbout } from './host-limits.ts';
import type { House } from './house.ts';
import { exposureWarning } from './listen.ts';
import { product } from './product.ts';
import type { SettingsInForce } from './settings-in-force.ts';

/** What `version` and `info` tell beyond the rooms. */
export function describeSystem(inForce: SettingsInForce, { snapshots, registry }: House): System {
  const settings = inForce.now;
  const cgroups = detectCgroups();
  const limits = limitsOf(cgroups);
  const backing: readonly [string, string] = ['Backing Filesystem', backingFilesystem(settings.dataRoot)];
  const fixed = {
    id: engineId(settings.dataRoot),
    engineVersion: product.version,
    gitCommit: product.gitCommit,
    buildTime: product.buildTime,
    runtimeVersion: runtimeVersion(),
    ...operatingSystem(),
    cgroupVersion: cgroups.version,
    limits,
    logDrivers: logDriverNames(),
    logDriver: settings.container.logDriver,
    dataRoot: settings.dataRoot,
    storageDriver: snapshots.driver,
    storageStatus: [backing, ...snapshots.driverStatus],
    disabledModules: settings.disabledModules,
    proxies: settings.proxies,
    oldestVersion: settings.oldestVersion,
  };
  const warnings = [...warningsAbout(limits), ...warningsOf(settings)];
  return {
    facts: () => ({
      ...fixed,
      ...hostFacts(),
      ...reloadedFacts(inForce.now),
      warnings: [...warnings, ...missingSettings(inForce.now)],
    }),
    measureDataRoot: () => measureEntries(settings.dataRoot),
    logIn: (server, auth, signal) => registry.logIn(server, auth, signal),
  };
}

function reloadedFacts(settings: DaemonSettings) {
  const { labels, debug, defaultRuntime, registryMirrors, registries, insecureRegistries } = settings;
  return { labels, debug, defaultRuntime, registryMirrors, registries, insecureRegistries };
}

/** What was chosen and should be known. */
function warningsOf({ hosts, tls, disabledModules }: DaemonSettings): string[] {
  const authority = tls && { ca: tls.clientAuthority };
  const exposed = hosts
    .map((host) => (host.kind === 'tcp' ? exposureWarning(host, authority) : undefined))
    .filter((warning) => warning !== undefined);
  if (disabledModules.length === 0) return exposed;
  return [...exposed, `WARNING: Modules turned off: ${disabledModules.join(', ')}`];
}

function missingSettings({ inertKeys: { missing } }: DaemonSettings): string[] {
  return missing.length === 0 ? [] : [`WARNING: Settings not supported: ${missing.join(', ')}`];
}

function hostFacts(): Pick<
  SystemFacts,
  'hostName' | 'kernelVersion' | 'cpus' | 'memoryBytes' | 'openDescriptors' | 'ipv4Forwarding'
> {
  return {
    hostName: hostname(),
    kernelVersion: release(),
    cpus: availableParallelism(),
    memoryBytes: totalmem(),
    openDescriptors: readdirSync('/proc/self/fd').length,
    ipv4Forwarding: readSysctl('net.ipv4.ip_forward') === '1',
  };
}

function runtimeVersion(): string {
  const { bun } = process.versions;
  return bun === undefined ? `Node.js ${process.versions.node}` : `Bun ${bun}`;
}

function operatingSystem(): Pick<SystemFacts, 'operatingSystem' | 'osVersion'> {
  const fields = new Map<string, string>();
  for (const line of readRelease().split('\n')) {
    const [, key = '', value = ''] = /^([A-Z_]+)="?([^"]*)"?$/.exec(line) ?? [];
    fields.set(key, value);
  }
  return { operatingSystem: fields.get('PRETTY_NAME') ?? 'Linux', osVersion: fields.get('VERSION_ID') ?? '' };
}

function readRelease(): string {
  try {
    return readFileSync('/etc/os-release', 'utf8');
  } catch {
    // A host may do without.
    return '';
  }
}
