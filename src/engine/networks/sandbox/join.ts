import type { EndpointState, JoinRequest } from '../types.ts';
import { type Attachment, attach, detach } from './attachment.ts';
import { LiveSandbox, type SandboxSupport } from './live-sandbox.ts';

/** Takes addresses and ports for a container that is to start. @throws EngineError; nothing is held then */
export function joinNetworks(request: JoinRequest, support: SandboxSupport): LiveSandbox {
  using undo = new DisposableStack();
  const attachments: Attachment[] = [];
  const endpoints: EndpointState[] = [];
  for (const wish of request.endpoints) {
    const attachment = attach(wish, support.directory, { endpoints, devices: [] });
    undo.defer(() => detach(attachment));
    attachments.push(attachment);
    endpoints.push(attachment.endpoint);
  }
  const sandbox = new LiveSandbox(request, attachments, support);
  if (sandbox.publishes) sandbox.addPorts(request.ports);
  undo.defer(() => sandbox.removePorts(sandbox.ports));
  sandbox.planLaunch();
  sandbox.tellNames();
  undo.move();
  return sandbox;
}
