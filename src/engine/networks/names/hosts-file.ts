import { EngineError } from '#base';

export interface HostsFileRequest {
  readonly hostname: string;
  readonly domainname?: string;
  /** The container's own addresses. */
  readonly addresses: readonly string[];
  /** As `--add-host`: `name:address` or `name=address`; the address `host-gateway` means the host. */
  readonly extraHosts: readonly string[];
  /** What `host-gateway` stands for; none when the container can't reach the host. */
  readonly hostGateways: readonly string[];
  /** Whole lines about linked containers. */
  readonly linkLines?: readonly string[];
}

const standardLines = [
  '127.0.0.1\tlocalhost',
  '::1\tlocalhost ip6-localhost ip6-loopback',
  'fe00::\tip6-localnet',
  'ff00::\tip6-mcastprefix',
  'ff02::1\tip6-allnodes',
  'ff02::2\tip6-allrouters',
];

/** A container's /etc/hosts. @throws EngineError invalid, for an extra host that does not parse */
export function hostsFile(request: HostsFileRequest): string {
  const names = ownNames(request);
  const lines = [
    ...standardLines,
    ...request.extraHosts.map((entry) => extraLine(entry, request.hostGateways)),
    ...(request.linkLines ?? []),
    ...request.addresses.map((address) => `${address}\t${names}`),
  ];
  return `${lines.join('\n')}\n`;
}

/** What a container is called in its own hosts file. */
export function ownNames({
  hostname,
  domainname,
}: Pick<HostsFileRequest, 'hostname' | 'domainname'>): string {
  return domainname ? `${hostname}.${domainname} ${hostname}` : hostname;
}

/** The lines that `--add-host` asks for, to follow a copy of the host's file in its own network. */
export function extraHostLines(extraHosts: readonly string[], hostGateways: readonly string[]): string {
  return extraHosts.map((entry) => `${extraLine(entry, hostGateways)}\n`).join('');
}

function extraLine(entry: string, hostGateways: readonly string[]): string {
  const [, name, address] = /^([^:=]+)[:=](.+)$/.exec(entry) ?? [];
  if (name === undefined || address === undefined)
    throw new EngineError('invalid', `bad format for add-host: "${entry}"`);
  if (address !== 'host-gateway') return `${address.replace(/^\[(.*)\]$/, '$1')}\t${name}`;
  if (hostGateways.length === 0) {
    throw new EngineError('invalid', 'unable to derive the IP value for host-gateway');
  }
  return hostGateways.map((gateway) => `${gateway}\t${name}`).join('\n');
}
