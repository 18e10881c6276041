import { type PublishedPort, portRequests } from '#engine/networks';
import type { ContainerRecord } from '../types.ts';
import type { PortPlan } from './edit-ports.ts';

/** The plan, with what a running container's ports need to belong to that group, or to none: they are opened again. */
export function regroupPorts(
  { sandbox }: Pick<ContainerRecord, 'sandbox'>,
  plan: PortPlan,
  group: string | undefined,
): PortPlan {
  const requests = portRequests({ bindings: plan.bindings, exposed: [], publishAll: false, group });
  const wanted = (port: PublishedPort) =>
    requests.find(
      ({ port: inside, protocol, hostPort, hostPortEnd }) =>
        inside === port.port &&
        protocol === port.protocol &&
        hostPort <= port.hostPort &&
        port.hostPort <= hostPortEnd,
    )?.group;
  const kept = (sandbox?.ports ?? []).filter((port) => !plan.close.includes(port));
  const moved = kept.filter((port) => port.group !== wanted(port));
  const again = moved.map(({ group: _, ...port }) => ({
    ...port,
    hostPortEnd: port.hostPort,
    ...(group === undefined ? {} : { group }),
  }));
  return { ...plan, close: [...plan.close, ...moved], open: [...again, ...plan.open] };
}
