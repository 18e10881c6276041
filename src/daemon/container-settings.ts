import type { ContainerSettings } from '#engine/containers';
import { type CgroupHost, readProcessStatus } from '#linux';
import { capabilitiesOf } from '#oci';
import type { DaemonSettings } from './config/settings.ts';

/** What the daemon decides once for all containers. */
export function containerSettings(settings: DaemonSettings, cgroups: CgroupHost): ContainerSettings {
  return {
    dataRoot: settings.dataRoot,
    execRoot: settings.execRoot,
    cgroupParent: settings.cgroupParent,
    capabilities: ownCapabilities(),
    dns: settings.dns,
    dnsSearch: settings.dnsSearch,
    dnsOptions: settings.dnsOptions,
    defaults: {
      cgroupVersion: cgroups.version,
      logType: settings.logDriver,
      logOptions: settings.logOptions,
      shmBytes: settings.shmBytes,
    },
  };
}

/** What this process may do: a container can't be given more. */
function ownCapabilities(): readonly string[] {
  const mask = readProcessStatus(process.pid)?.get('CapPrm') ?? '0';
  return capabilitiesOf(BigInt(`0x${mask}`));
}
