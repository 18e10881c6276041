import type { SandboxRecord } from '../types.ts';
import { detach, reattach } from './attachment.ts';
import { LiveSandbox, type SandboxSupport } from './live-sandbox.ts';

/** Takes over the addresses and ports of a container that is alive. @throws EngineError, when a network is gone */
export function restoreSandbox(record: SandboxRecord, support: SandboxSupport): LiveSandbox {
  using undo = new DisposableStack();
  const attachments = Object.values(record.endpoints).map((endpoint) => {
    const attachment = reattach(endpoint, support.directory);
    undo.defer(() => detach(attachment));
    return attachment;
  });
  const sandbox = new LiveSandbox(record, attachments, support);
  sandbox.takeOverPorts(record.ports);
  sandbox.tellNames();
  support.names.serve(record.containerId);
  undo.move();
  return sandbox;
}
