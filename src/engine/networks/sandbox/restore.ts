import type { NetworkDirectory } from '../directory.ts';
import type { HostPorts } from '../ports/host-ports.ts';
import type { SandboxRecord } from '../types.ts';
import { portsAt } from './join.ts';
import { LiveSandbox } from './live-sandbox.ts';

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
  const joined = Object.values(record.endpoints).flatMap((endpoint) => {
    const { networkId, address } = endpoint;
    const bridge = directory.bridgeOf(directory.inspect(networkId));
    if (bridge === undefined) return [];
    bridge.takeAddress({ network: networkId, address });
    undo.defer(() => bridge.releaseAddress(address));
    return [{ bridge, endpoint }];
  });
  const held = joined[0] && portsAt(joined[0], record.containerName, ports);
  held?.takeOver(record.ports);
  undo.defer(() => held?.release(held.all));
  undo.defer(onRelease);
  const everything = undo.move();
  return new LiveSandbox(record, {
    launch: undefined,
    publisher: joined[0]?.bridge,
    ports: held,
    giveBack: () => everything.dispose(),
  });
}
