import { type ApiVersion, type ContainerInspect, type ContainerState, type Health, sinceMinor } from '#api';
import { formatTimestamp } from '#base';
import type { ContainerView, Health as EngineHealth } from '#engine/containers';
import { encodeMount, shownStatus } from './container-summary.ts';
import { encodeEndpoints, legacyNetworkFields } from './endpoints.ts';

/** The answer to `GET /containers/{id}/json`. */
export function encodeContainerInspect(view: ContainerView, version: ApiVersion): ContainerInspect {
  const [program = '', ...args] = view.argv;
  return {
    Id: view.id,
    Created: formatTimestamp(view.createdNs),
    Path: program,
    Args: args,
    State: encodeState(view),
    Image: view.image.id,
    ResolvConfPath: view.paths.resolvConf,
    HostnamePath: view.paths.hostname,
    HostsPath: view.paths.hosts,
    LogPath: view.hostConfig.LogConfig.Type === 'json-file' ? view.paths.log : '',
    Name: `/${view.name}`,
    RestartCount: view.restartCount,
    Driver: view.driver,
    Platform: 'linux',
    MountLabel: '',
    ProcessLabel: '',
    AppArmorProfile: '',
    ExecIDs: view.execIds.length === 0 ? null : view.execIds,
    HostConfig: view.hostConfig,
    GraphDriver: { Name: view.driver, Data: null },
    ...(view.sizes && { SizeRw: view.sizes.writableBytes, SizeRootFs: view.sizes.rootBytes }),
    Mounts: view.mounts.map(encodeMount),
    Config: view.config,
    NetworkSettings: encodeNetworkSettings(view, version),
    ...(view.pending && { Pending: view.pending }),
  };
}

function encodeState({ state, health }: ContainerView): ContainerState {
  const { run } = state;
  const status = shownStatus(state);
  return {
    Status: status,
    Running: ['running', 'paused', 'restarting'].includes(status),
    Paused: state.status === 'paused',
    Restarting: status === 'restarting',
    OOMKilled: run.oomKilled,
    Dead: state.status === 'dead',
    Pid: 'pid' in state ? state.pid : 0,
    ExitCode: run.exitCode,
    Error: run.error,
    StartedAt: formatTimestamp(run.startedNs),
    FinishedAt: formatTimestamp(run.finishedNs),
    ...(health && { Health: encodeHealth(health) }),
  };
}

function encodeHealth({ status, failingStreak, log }: EngineHealth): Health {
  return {
    Status: status,
    FailingStreak: failingStreak,
    Log: log.map(({ startNs, endNs, exitCode, output }) => ({
      Start: formatTimestamp(startNs),
      End: formatTimestamp(endNs),
      ExitCode: exitCode,
      Output: output,
    })),
  };
}

function encodeNetworkSettings(
  view: ContainerView,
  version: ApiVersion,
): ContainerInspect['NetworkSettings'] {
  const pid = 'pid' in view.state ? view.state.pid : undefined;
  const settings = {
    SandboxID: pid === undefined ? '' : view.id,
    SandboxKey: pid === undefined ? '' : `/proc/${pid}/ns/net`,
    Ports: view.ports,
    Networks: encodeEndpoints(view, view.endpoints, version),
  };
  if (sinceMinor(version, 52)) return settings;
  return { ...legacyNetworkFields(view.endpoints.bridge), ...settings };
}
