import { anything, flag, list, number, text } from '../kinds.ts';
import type { OptionKind, OptionSpec } from '../option.ts';

const without = 'Has no effect here';

/** Docker's settings that change nothing here: accepted, so that a configuration need not be rewritten. */
export const dockerOnlyOptions = {
  allowDirectRouting: inert('allow-direct-routing', flag),
  bridgeAcceptFwmark: inert('bridge-accept-fwmark', text),
  bip6: inert('bip6', text),
  cdiSpecDirs: inert('cdi-spec-dir', list, 'cdi-spec-dirs'),
  containerd: inert('containerd', text),
  containerdNamespace: inert('containerd-namespace', text),
  containerdPluginsNamespace: inert('containerd-plugins-namespace', text),
  cpuRealtimePeriod: inert('cpu-rt-period', number),
  cpuRealtimeRuntime: inert('cpu-rt-runtime', number),
  criContainerd: inert('cri-containerd', flag),
  defaultGateway: inert('default-gateway', text),
  defaultGatewayV6: inert('default-gateway-v6', text),
  experimental: inert('experimental', flag),
  firewallBackend: inert('firewall-backend', text),
  fixedCidrV6: inert('fixed-cidr-v6', text),
  httpProxy: inert('http-proxy', text),
  httpsProxy: inert('https-proxy', text),
  initPath: inert('init-path', text),
  ipForwardNoDrop: inert('ip-forward-no-drop', flag),
  ipv6: inert('ipv6', flag),
  metricsAddress: inert('metrics-addr', text),
  networkControlPlaneMtu: inert('network-control-plane-mtu', number),
  networkDiagnosticPort: inert('network-diagnostic-port', number),
  noProxy: inert('no-proxy', text),
  nodeGenericResources: inert('node-generic-resource', list, 'node-generic-resources'),
  nriOptions: inert('nri-opts', anything),
  proxies: { key: 'proxies', kind: anything, inert: true, help: without },
  rawLogs: inert('raw-logs', flag),
  runtimes: inert('add-runtime', anything, 'runtimes'),
  swarmAdvertiseAddress: inert('swarm-default-advertise-addr', text),
  swarmRaftHeartbeat: inert('swarm-raft-heartbeat-tick', number),
  swarmRaftElection: inert('swarm-raft-election-tick', number),
  userlandProxy: inert('userland-proxy', flag),
  userlandProxyPath: inert('userland-proxy-path', text),
} as const satisfies Record<string, OptionSpec>;

function inert<T>(flagName: string, kind: OptionKind<T>, key = flagName) {
  return { flag: flagName, key, kind, inert: true, help: without } as const;
}
