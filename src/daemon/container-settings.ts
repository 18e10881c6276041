import type { ContainerSettings } from '#engine/containers';
import { type CgroupHost, readProcessStatus } from '#linux';
import { capabilitiesOf } from '#oci';
import type { DaemonSettings } from './config/settings.ts';

/** What the daemon decides once for all containers. */
export function containerSettings(settings: DaemonSettings, cgroups: CgroupHost): ContainerSettings {
  const { network, container } = settings;
  return {
    dataRoot: settings.dataRoot,
    execRoot: settings.execRoot,
    cgroupParent: container.cgroupParent,
    capabilities: ownCapabilities(),
    resolvConf: network.resolvConf,
    dns: network.dns,
    dnsSearch: network.dnsSearch,
    dnsOptions: network.dnsOptions,
    hostGateways: network.hostGateways,
    linkVariables: process.env.DOCKER_KEEP_DEPRECATED_LEGACY_LINKS_ENV_VARS === '1',
    init: container.init,
    stopTimeoutSeconds: container.stopTimeoutSeconds,
    execKillOnDisconnect: container.execKillOnDisconnect,
    restartUnhealthy: container.restartUnhealthy,
    defaults: {
      cgroupVersion: cgroups.version,
      logType: container.logDriver,
      logOptions: container.logOptions,
      shmBytes: container.shmBytes,
      ulimits: container.ulimits,
      ipcMode: container.ipcMode,
      cgroupnsMode: container.cgroupnsMode,
      securityOptions: container.securityOptions,
    },
  };
}

/** What this process may do: a container can't be given more. */
function ownCapabilities(): readonly string[] {
  const mask = readProcessStatus(process.pid)?.get('CapPrm') ?? '0';
  return capabilitiesOf(BigInt(`0x${mask}`));
}
