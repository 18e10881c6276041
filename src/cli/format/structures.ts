import { isMap, nilMap, structName, type Value, type ValueMap } from '#template';

/** The fields of Docker's objects that hold free keys; all other objects are structures. */
const mapFields = new Set([
  'Annotations',
  'Attributes',
  'AuxiliaryAddresses',
  'Containers',
  'Data',
  'Details',
  'DriverOpts',
  'ExposedPorts',
  'Labels',
  'Networks',
  'Options',
  'PortBindings',
  'Ports',
  'Runtimes',
  'Services',
  'Status',
  'StorageOpt',
  'Sysctls',
  'Tmpfs',
  'Volumes',
]);

/** Fields that Go calls otherwise than the wire. */
const goNames = { Id: 'ID', ApiVersion: 'APIVersion', HostIp: 'HostIP', NanoCpus: 'NanoCPUs' };

/**
 * JSON as a template sees it in Go: objects are structures (they print without names and keep their
 * order), but for the fields that are maps. Where Go has another name for a field, both work.
 */
export function asStructures(json: Value, field = ''): Value {
  if (Array.isArray(json)) return json.map((entry: Value) => asStructures(entry));
  if (json === null && mapFields.has(field)) return nilMap;
  if (!isMap(json)) return json;
  const entries = Object.entries(json).map(([name, value]) => [name, asStructures(value, name)] as const);
  const result: Record<string | symbol, Value> = Object.fromEntries(entries);
  if (mapFields.has(field)) {
    return result as ValueMap;
  }
  for (const [wireName, goName] of Object.entries(goNames)) {
    if (wireName in json)
      Object.defineProperty(result, goName, { value: result[wireName], enumerable: false });
  }
  Object.defineProperty(result, structName, { value: 'struct', enumerable: false });
  return result as ValueMap;
}
