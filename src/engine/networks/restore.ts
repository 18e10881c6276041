import type { NetworkDirectory } from './directory.ts';
import type { HostPorts } from './host-ports.ts';
import { LiveSandbox } from './live-sandbox.ts';
import type { SandboxRecord } from './types.ts';

export interface RestoreParts {
  readonly directory: NetworkDirectory;
  readonly ports: HostPorts;
  readonly onRelease: () => void;
}

/** Takes over the addresses and ports of a container that is alive. @throws EngineError, when a network is gone */
export function restoreSandbox(
  record: SandboxRecord,
  { directory, ports, onRelease }: RestoreParts,
): LiveSandbox {
  using undo = new DisposableStack();
  const bridges = Object.values(record.endpoints).flatMap(({ networkId, address }) => {
    const bridge = directory.bridgeOf(directory.inspect(networkId));
    if (bridge === undefined) return [];
    bridge.takeAddress({ network: networkId, address });
    undo.defer(() => bridge.releaseAddress(address));
    return [bridge];
  });
  ports.takeOver(record.ports);
  undo.defer(() => ports.release(record.ports));
  undo.defer(onRelease);
  const held = undo.move();
  return new LiveSandbox(record, {
    launch: undefined,
    publisher: bridges[0],
    giveBack: () => held.dispose(),
  });
}
