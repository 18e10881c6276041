import type { ContainerInspect, PortBinding } from '#api';
import { always, defineCommand, ExitError, type Operands } from '../command.ts';
import { containerPath } from './path.ts';
import { joinHostPort } from './ports.ts';

const oneOrTwo: Operands = { atLeast: 1, atMost: 2 };

export const command = defineCommand({
  synopsis: ['CONTAINER [PRIVATE_PORT[/PROTO]]'],
  operands: oneOrTwo,
  flags: {},
  warm: always,
  async run({ caller, client }, { operands: [name = '', wanted] }) {
    const container = await client.json<ContainerInspect>({
      method: 'GET',
      path: containerPath(name, 'json'),
    });
    const ports = container.NetworkSettings.Ports;
    if (wanted === undefined) {
      caller.writeOut(describeAll(ports));
      return;
    }
    const key = wanted.includes('/') ? wanted : `${wanted}/tcp`;
    const [number = ''] = key.split('/');
    if (!/^\d+$/.test(number)) {
      throw new Error(
        `Error: invalid port (${number}): strconv.ParseUint: parsing "${number}": invalid syntax`,
      );
    }
    const bindings = ports[key];
    if (!bindings) throw new ExitError(1, `Error: No public port '${wanted}' published for ${name}`);
    caller.writeOut(
      bindings
        .map((binding) => `${address(binding)}\n`)
        .sort()
        .join(''),
    );
  },
});

function describeAll(ports: ContainerInspect['NetworkSettings']['Ports']): string {
  const lines: string[] = [];
  for (const [port, bindings] of Object.entries(ports)) {
    for (const binding of bindings ?? []) lines.push(`${port} -> ${address(binding)}\n`);
  }
  const number = (line: string) => Number.parseInt(line, 10);
  return lines.sort((a, b) => number(a) - number(b) || (a < b ? -1 : 1)).join('');
}

function address({ HostIp: ip, HostPort: port }: PortBinding): string {
  return joinHostPort(ip, port);
}
