import type { HostConfig } from '#api';
import { EngineError } from '#base';
import type { DeviceRule, LinuxDevice } from '#oci';

/** A device node of the host as stat sees it. */
export interface HostDevice {
  readonly path: string;
  readonly type: 'b' | 'c';
  readonly major: number;
  readonly minor: number;
  readonly fileMode: number;
  readonly uid: number;
  readonly gid: number;
}

/** Looks at the host's devices: one node, or all below a directory. */
export interface HostDevices {
  /** @throws EngineError invalid, when there is none */
  at(path: string): HostDevice[];
  all(): HostDevice[];
}

export interface ResolvedDevices {
  readonly devices: readonly LinuxDevice[];
  readonly rules: readonly DeviceRule[];
}

/** The device nodes of a container beyond the default ones, and the cgroup rules that open them. */
export function resolveDevices(hostConfig: HostConfig, host: HostDevices): ResolvedDevices {
  if (hostConfig.Privileged)
    return { devices: host.all().map((device) => nodeOf(device, device.path)), rules: [] };
  const devices: LinuxDevice[] = [];
  const rules: DeviceRule[] = (hostConfig.DeviceCgroupRules ?? []).map(parseRule);
  for (const asked of hostConfig.Devices ?? []) {
    const inside = asked.PathInContainer || asked.PathOnHost;
    for (const device of host.at(asked.PathOnHost)) {
      devices.push(nodeOf(device, inside + device.path.slice(asked.PathOnHost.length)));
      const access = knownAccess(asked.CgroupPermissions || 'rwm');
      if (access !== '') rules.push(ruleOf(device, access));
    }
  }
  return { devices, rules };
}

function nodeOf({ path: _, ...device }: HostDevice, path: string): LinuxDevice {
  return { ...device, path };
}

function ruleOf({ type, major, minor }: HostDevice, access: string): DeviceRule {
  return { allow: true, type, major, minor, access };
}

/** Each way of access once; what is none opens nothing, as with Docker. */
function knownAccess(letters: string): string {
  return [...'rwm'].filter((letter) => letters.includes(letter)).join('');
}

/** Reads a `--device-cgroup-rule`: `c 42:* rmw`. */
function parseRule(text: string): DeviceRule {
  const match = /^([acb]) ([0-9]+|\*):([0-9]+|\*) ([rwm]{1,3})$/.exec(text);
  if (match === null) throw new EngineError('invalid', `invalid device cgroup rule format: '${text}'`);
  const [, type, major, minor, access = ''] = match;
  return {
    allow: true,
    type: type as 'a' | 'b' | 'c',
    ...(major === '*' ? {} : { major: Number(major) }),
    ...(minor === '*' ? {} : { minor: Number(minor) }),
    access,
  };
}
