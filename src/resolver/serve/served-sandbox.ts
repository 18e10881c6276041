import type { OpenDescriptor } from '#linux';
import { takeHeldSockets } from '#task';
import { Responder, type ResponderParts } from './responder.ts';
import { serveTcp } from './serve-tcp.ts';
import { serveUdp } from './serve-udp.ts';

export interface ServedSandboxParts extends Omit<ResponderParts, 'pid'> {
  readonly containerId: string;
  /** Of its shim. */
  readonly directory: string;
  /** The container has ended. */
  readonly onEnd: () => void;
}

/**
 * Answers at the sockets that a container's shim holds, until the container has ended or this is disposed of.
 * @throws SystemCallError, when there is no shim
 */
export function serveSandbox(parts: ServedSandboxParts): Disposable {
  const resources = new DisposableStack();
  const end = () => {
    resources.dispose();
    parts.onEnd();
  };
  const onSockets = (sockets: readonly OpenDescriptor[], pid: number) => {
    const [udp, tcp] = sockets.map((socket) => resources.use(socket));
    const responder = new Responder(parts.containerId, { ...parts, pid });
    if (udp !== undefined) resources.use(serveUdp(udp.fd, responder));
    if (tcp !== undefined) resources.use(serveTcp(tcp.fd, responder));
  };
  resources.use(takeHeldSockets(parts.directory, 2, { onSockets, onEnd: end }));
  return resources;
}
