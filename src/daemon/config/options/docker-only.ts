import { anything, flag, list, number, text } from '../kinds.ts';
import type { OptionKind, OptionSpec } from '../option.ts';

const without = 'Has no effect here';

/** Docker's settings that change nothing here: accepted, so that a configuration need not be rewritten. */
export const dockerOnlyOptions = {
  allowDirectRouting: missing('allow-direct-routing', flag),
  bridgeAcceptFwmark: unneeded('bridge-accept-fwmark', text),
  cdiSpecDirs: missing('cdi-spec-dir', list, 'cdi-spec-dirs'),
  containerd: unneeded('containerd', text),
  containerdNamespace: unneeded('containerd-namespace', text),
  containerdPluginsNamespace: unneeded('containerd-plugins-namespace', text),
  cpuRealtimePeriod: missing('cpu-rt-period', number),
  cpuRealtimeRuntime: missing('cpu-rt-runtime', number),
  criContainerd: unneeded('cri-containerd', flag),
  experimental: unneeded('experimental', flag),
  firewallBackend: unneeded('firewall-backend', text),
  initPath: unneeded('init-path', text),
  ipForwardNoDrop: unneeded('ip-forward-no-drop', flag),
  networkControlPlaneMtu: unneeded('network-control-plane-mtu', number),
  networkDiagnosticPort: unneeded('network-diagnostic-port', number),
  nodeGenericResources: unneeded('node-generic-resource', list, 'node-generic-resources'),
  nriOptions: missing('nri-opts', anything),
  rawLogs: unneeded('raw-logs', flag),
  runtimes: missing('add-runtime', anything, 'runtimes'),
  swarmAdvertiseAddress: unneeded('swarm-default-advertise-addr', text),
  swarmRaftHeartbeat: unneeded('swarm-raft-heartbeat-tick', number),
  swarmRaftElection: unneeded('swarm-raft-election-tick', number),
  userlandProxy: unneeded('userland-proxy', flag),
  userlandProxyPath: unneeded('userland-proxy-path', text),
} as const satisfies Record<string, OptionSpec>;

function unneeded<T>(flagName: string, kind: OptionKind<T>, key = flagName) {
  return { flag: flagName, key, kind, inert: 'unneeded', help: without } as const;
}

function missing<T>(flagName: string, kind: OptionKind<T>, key = flagName) {
  return { flag: flagName, key, kind, inert: 'missing', help: without } as const;
}
