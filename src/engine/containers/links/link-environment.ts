/** What the variables of a link tell of the linked container. */
export interface LinkedContainer {
  readonly alias: string;
  /** Of the container that has the link. */
  readonly ownerName: string;
  readonly address: string;
  /** As `80/tcp`. */
  readonly exposed: readonly string[];
  readonly environment: readonly string[];
}

interface LinkedPort {
  readonly port: number;
  readonly protocol: string;
}

/** Variables about the image's own build that are nobody else's business. */
const ownVariables: readonly string[] = ['HOME', 'PATH'];

/**
 * The variables that old programs find a linked container by: `DB_PORT`, `DB_PORT_5432_TCP_ADDR`, `DB_NAME`,
 * `DB_ENV_…`, and for neighbouring ports `…_START` and `…_END`.
 */
export function linkEnvironment({ alias, ownerName, ...linked }: LinkedContainer): string[] {
  const name = alias.toUpperCase().replaceAll('-', '_');
  const ports = linked.exposed.map(parsePort).sort(byNumber);
  const [first] = ports;
  return [
    ...(first ? [`${name}_PORT=${urlOf(first, linked.address)}`] : []),
    ...runs(ports).flatMap((run) => runVariables(name, run, linked.address)),
    ...ports.flatMap((port) => portVariables(name, port, linked.address)),
    `${name}_NAME=/${ownerName}/${alias}`,
    ...linked.environment.flatMap((entry) => copiedVariable(name, entry)),
  ];
}

function parsePort(text: string): LinkedPort {
  const [port = '', protocol = 'tcp'] = text.split('/');
  return { port: Number.parseInt(port, 10), protocol };
}

function byNumber(one: LinkedPort, other: LinkedPort): number {
  return one.port - other.port || Number(other.protocol === 'tcp') - Number(one.protocol === 'tcp');
}

/** Ports of one protocol that follow each other. */
function runs(ports: readonly LinkedPort[]): LinkedPort[][] {
  const found: LinkedPort[][] = [];
  for (const port of ports) {
    const run = found.find((one) => {
      const last = one.at(-1);
      return last?.protocol === port.protocol && last.port === port.port - 1;
    });
    if (run === undefined) found.push([port]);
    else run.push(port);
  }
  return found.filter(({ length }) => length > 1);
}

function runVariables(name: string, run: readonly LinkedPort[], address: string): string[] {
  const [start, end] = [run[0], run.at(-1)];
  if (start === undefined || end === undefined) return [];
  const prefix = prefixOf(name, start);
  return [
    `${prefix}_START=${urlOf(start, address)}`,
    `${prefix}_ADDR=${address}`,
    `${prefix}_PROTO=${start.protocol}`,
    `${prefix}_PORT_START=${start.port}`,
    `${prefix}_END=${urlOf(end, address)}`,
    `${prefix}_PORT_END=${end.port}`,
  ];
}

function portVariables(name: string, port: LinkedPort, address: string): string[] {
  const prefix = prefixOf(name, port);
  return [
    `${prefix}=${urlOf(port, address)}`,
    `${prefix}_ADDR=${address}`,
    `${prefix}_PORT=${port.port}`,
    `${prefix}_PROTO=${port.protocol}`,
  ];
}

function prefixOf(name: string, { port, protocol }: LinkedPort): string {
  return `${name}_PORT_${port}_${protocol.toUpperCase()}`;
}

function urlOf({ port, protocol }: LinkedPort, address: string): string {
  return `${protocol}://${address}:${port}`;
}

function copiedVariable(name: string, entry: string): string[] {
  const [variable = ''] = entry.split('=', 1);
  return entry.includes('=') && !ownVariables.includes(variable) ? [`${name}_ENV_${entry}`] : [];
}
