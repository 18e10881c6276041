import { hostDevices } from '../lifecycle/host-devices.ts';
import type { DeviceNumber } from '../spec/resources.ts';

/** The number of a device of this host. @throws EngineError invalid, when there is none at the path */
export function deviceNumberOf(path: string): DeviceNumber {
  return hostDevices.at(path)[0] ?? { major: 0, minor: 0 };
}
