import type { DeviceMapping, DeviceRequest, HostConfig } from '#api';
import { parseSize } from '../../format/size.ts';
import { parseCsv } from './csv.ts';

type WeightDevice = NonNullable<HostConfig['BlkioWeightDevice']>[number];
type ThrottleDevice = NonNullable<HostConfig['BlkioDeviceReadBps']>[number];

/** `host[:container[:rwm]]`. @throws Error with the stock client's words */
function parseDevicePaths(text: string): DeviceMapping {
  if (isCdiName(text)) return { PathOnHost: text, PathInContainer: '', CgroupPermissions: '' };
  const [host = '', second, third, ...more] = text.split(':');
  const modeInSecond = third === undefined && second !== undefined && isMode(second);
  const inside = second === undefined || modeInSecond ? host : second;
  const mode = third ?? (modeInSecond ? second : undefined) ?? 'rwm';
  if (more.length > 0 || host === '') throw new Error(`bad format for path: ${text}`);
  if (!isMode(mode)) throw new Error(`bad mode specified: ${mode}`);
  if (!inside.startsWith('/')) throw new Error(`${inside} is not an absolute path`);
  return { PathOnHost: host, PathInContainer: inside, CgroupPermissions: mode };
}

/** Device files, and the devices that a vendor's specification names (`vendor.com/class=name`). */
export function splitDevices(texts: readonly string[]): {
  devices: DeviceMapping[];
  requests: DeviceRequest[];
} {
  const cdi = texts.filter(isCdiName);
  const devices = texts.filter((text) => !isCdiName(text)).map(parseDevicePaths);
  if (cdi.length === 0) return { devices, requests: [] };
  return {
    devices,
    requests: [{ Driver: 'cdi', Count: 0, DeviceIDs: cdi, Capabilities: null, Options: null }],
  };
}

/** The value of `--gpus`: `all`, a number, or `key=value` pairs with commas between. */
export function parseGpus(text: string): DeviceRequest {
  const request = { driver: '', count: 0, ids: null as string[] | null, capabilities: ['gpu'], options: {} };
  for (const field of parseCsv(text)) {
    const [key = '', value] = field.split(/=(.*)/s);
    if (value === undefined) request.count = parseGpuCount(key);
    else if (key === 'driver') request.driver = value;
    else if (key === 'count') request.count = parseGpuCount(value);
    else if (key === 'device') request.ids = value.split(',');
    else if (key === 'capabilities') request.capabilities = [...new Set([...value.split(','), 'gpu'])];
    else if (key === 'options')
      request.options = Object.fromEntries(value.split(',').map((pair) => pair.split('=')));
    else throw new Error(`unexpected key '${key}' in '${field}'`);
  }
  const { driver, count, ids, capabilities, options } = request;
  return { Driver: driver, Count: count, DeviceIDs: ids, Capabilities: [capabilities], Options: options };
}

function parseGpuCount(text: string): number {
  if (text === 'all') return -1;
  if (/^[+-]?\d+$/.test(text)) return Number(text);
  throw new Error(`invalid count (${text}): value must be either "all" or an integer: invalid syntax`);
}

/** `device:weight`. */
export function parseWeightDevice(text: string): WeightDevice {
  const [path, value] = splitDeviceLimit(text);
  const weight = Number(value);
  if (!/^\d+$/.test(value) || (weight > 0 && (weight < 10 || weight > 1000)))
    throw new Error(`invalid weight for device: ${text}`);
  return { Path: path, Weight: weight };
}

/** `device:rate`, the rate in bytes with an optional unit. */
export function parseThrottleBytes(text: string): ThrottleDevice {
  const [path, value] = splitDeviceLimit(text);
  const form =
    '<device-path>:<number>[<unit>]. Number must be a positive integer. Unit is optional and can be kb, mb, or gb';
  return { Path: path, Rate: tryRate(text, form, () => parseSize(value)) };
}

/** `device:rate`, the rate in operations. */
export function parseThrottleOperations(text: string): ThrottleDevice {
  const [path, value] = splitDeviceLimit(text);
  const form = '<device-path>:<number>. Number must be a positive integer';
  return { Path: path, Rate: tryRate(text, form, () => (/^\d+$/.test(value) ? Number(value) : Number.NaN)) };
}

function tryRate(text: string, form: string, read: () => number): number {
  try {
    const rate = read();
    if (rate >= 0) return rate;
  } catch {
    // Said below, with the form that is wanted.
  }
  throw new Error(`invalid rate for device: ${text}. The correct format is ${form}`);
}

function splitDeviceLimit(text: string): [string, string] {
  const [path = '', value = '', ...more] = text.split(':');
  if (path === '' || value === '' || more.length > 0) throw new Error(`bad format: ${text}`);
  if (!path.startsWith('/dev/')) throw new Error(`bad format for device path: ${text}`);
  return [path, value];
}

function isCdiName(text: string): boolean {
  return /^[A-Za-z][\w.-]*\/[A-Za-z0-9][\w-]*=[\w.:-]+$/.test(text);
}

function isMode(text: string): boolean {
  return /^(?!.*(.).*\1)[rwm]{1,3}$/.test(text);
}
