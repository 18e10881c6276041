import { EngineError } from '#base';
import type { NetworkRecord } from './types.ts';

/** Refuses a network whose device of the host another one has already. @throws EngineError in Docker's words */
export function refuseRivals(record: NetworkRecord, others: readonly NetworkRecord[]): void {
  const { bridge } = record;
  const sharer = others.find((other) => bridge !== undefined && other.bridge?.device === bridge.device);
  if (bridge !== undefined && sharer !== undefined) throw sameBridge(record, sharer, bridge.device);
  const rival = others.find((other) => excludeEachOther(record, other));
  if (rival !== undefined) throw sameParent(record, rival);
}

/** A device that one network's containers have to themselves serves no other network. */
function excludeEachOther({ parent: left }: NetworkRecord, { parent: right }: NetworkRecord): boolean {
  const isAlone = [left, right].some(
    (settings) => settings?.driver === 'macvlan' && settings.mode === 'passthru',
  );
  return left !== undefined && left.parent === right?.parent && (isAlone || left.driver !== right.driver);
}

function sameParent({ driver, parent }: NetworkRecord, rival: NetworkRecord): EngineError {
  const mode = parent?.mode ?? '';
  const text = `cannot use mode ${mode}, ${driver} network ${rival.id} is already using parent interface ${parent?.parent}`;
  return new EngineError('internal', text);
}

function sameBridge(record: NetworkRecord, rival: NetworkRecord, device: string): EngineError {
  return new EngineError(
    'forbidden',
    `cannot create network ${record.id} (${device}): conflicts with network ${rival.id} (${device}): networks have same bridge name`,
  );
}
