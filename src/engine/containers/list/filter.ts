import {
  checkFilterKeys,
  type DiffId,
  EngineError,
  type Filter,
  filterFlag,
  filterPasses,
  labelsPass,
} from '#base';
import { endpointRequests } from '../membership/wishes.ts';
import { isLive } from '../state.ts';
import type { ContainerRecord } from '../types.ts';

const keys = [
  'ancestor',
  'before',
  'expose',
  'exited',
  'health',
  'id',
  'is-task',
  'isolation',
  'label',
  'name',
  'network',
  'publish',
  'since',
  'status',
  'volume',
];
const healths = ['none', 'starting', 'healthy', 'unhealthy'];
const statuses = ['created', 'running', 'paused', 'restarting', 'removing', 'exited', 'dead'];

/** What a filter needs to look up: the images and containers that its values name. */
export interface FilterLookup {
  /** The layers and id of an image; undefined when there is none. */
  image(ref: string): { readonly id: string; readonly layers: readonly DiffId[] } | undefined;
  /** @throws EngineError notFound */
  container(ref: string): ContainerRecord;
}

export type ContainerTest = (record: ContainerRecord) => boolean;

/** Compiles a filter to a test. @throws EngineError invalid, for an unknown key or a bad value; notFound */
export function compileFilter(filter: Filter, lookup: FilterLookup): ContainerTest {
  checkFilterKeys(filter, keys);
  const tests = [
    ...nameTests(filter),
    ...stateTests(filter),
    ...ageTests(filter, lookup),
    ancestorTest(filter, lookup),
    portTest(filter, 'publish', publishedPorts),
    portTest(filter, 'expose', exposedPorts),
    (record: ContainerRecord) => labelsPass(filter, record.config.Labels ?? {}),
    (record: ContainerRecord) => filterPasses(filter, 'volume', (value) => mounts(record, value)),
    (record: ContainerRecord) => filterPasses(filter, 'network', (value) => isOn(record, value)),
  ];
  return (record) => tests.every((passes) => passes(record));
}

function nameTests(filter: Filter): ContainerTest[] {
  const names = (filter.name ?? []).map(namePattern);
  return [
    ({ id }) => filterPasses(filter, 'id', (value) => id.startsWith(value)),
    ({ name }) =>
      names.length === 0 || names.some((pattern) => pattern.test(name) || pattern.test(`/${name}`)),
  ];
}

/** What is no pattern matches no name, as with Docker. */
function namePattern(text: string): RegExp {
  try {
    return new RegExp(text);
  } catch {
    return /(?!)/;
  }
}

function stateTests(filter: Filter): ContainerTest[] {
  refuseUnknown(filter, 'status', 'state', statuses);
  refuseUnknown(filter, 'health', 'health', healths);
  const badCode = (filter.exited ?? []).find((code) => !/^[+-]?\d+$/.test(code));
  if (badCode !== undefined) {
    const reason = `strconv.Atoi: parsing ${JSON.stringify(badCode)}: invalid syntax`;
    throw new EngineError('invalid', `invalid filter 'exited=${badCode}': ${reason}`);
  }
  const isTask = filterFlag(filter, 'is-task');
  return [
    (record) => filterPasses(filter, 'status', (status) => status === shownStatus(record)),
    ({ state }) =>
      filterPasses(
        filter,
        'exited',
        (code) => state.status === 'exited' && state.run.exitCode === Number(code),
      ),
    ({ health }) => filterPasses(filter, 'health', (wanted) => wanted === (health?.status ?? 'none')),
    () => isTask !== true,
  ];
}

function refuseUnknown(filter: Filter, key: string, what: string, known: readonly string[]): void {
  const bad = (filter[key] ?? []).find((value) => !known.includes(value));
  if (bad === undefined) return;
  const reason = `invalid value for ${what} (${bad}): must be one of ${known.join(', ')}`;
  throw new EngineError('invalid', `invalid filter '${key}=${bad}': ${reason}`);
}

/** Half-made states are our own: a container that starts has not run yet, or restarts. */
export function shownStatus({ state }: ContainerRecord): string {
  if (state.status !== 'creating' && state.status !== 'starting') return state.status;
  return state.run.startedNs === 0n ? 'created' : 'restarting';
}

function ageTests(filter: Filter, lookup: FilterLookup): ContainerTest[] {
  const before = (filter.before ?? []).map((ref) => lookup.container(ref).createdNs);
  const since = (filter.since ?? []).map((ref) => lookup.container(ref).createdNs);
  return [
    ({ createdNs }) => before.every((limit) => createdNs < limit),
    ({ createdNs }) => since.every((limit) => createdNs > limit),
  ];
}

/** Containers of an image, and of images that were built on it. */
function ancestorTest(filter: Filter, lookup: FilterLookup): ContainerTest {
  const images = (filter.ancestor ?? []).map((ref) => lookup.image(ref));
  if (images.length === 0) return () => true;
  return ({ image }) =>
    images.some((ancestor) => {
      if (ancestor === undefined) return false;
      if (ancestor.id === image.id) return true;
      return (
        ancestor.layers.length > 0 && ancestor.layers.every((layer, index) => layer === image.layers[index])
      );
    });
}

function portTest(
  filter: Filter,
  key: string,
  portsOf: (record: ContainerRecord) => readonly string[],
): ContainerTest {
  const wanted = (filter[key] ?? []).flatMap((text) => expandPorts(key, text));
  if (wanted.length === 0) return () => true;
  return (record) => portsOf(record).some((port) => wanted.includes(port));
}

/** `80`, `80/udp`, `8000-8010/tcp`. @throws EngineError invalid */
function expandPorts(key: string, text: string): string[] {
  const [, first, last = first, protocol = 'tcp'] =
    /^(\d{1,5})(?:-(\d{1,5}))?(?:\/(tcp|udp|sctp))?$/.exec(text) ?? [];
  const count = Number(last) - Number(first) + 1;
  if (!(count >= 1 && Number(last) <= 65_535)) {
    const reason = /^\d+$/.test(text) ? 'value out of range' : 'invalid syntax';
    const parsing = `strconv.ParseUint: parsing ${JSON.stringify(text)}: ${reason}`;
    throw new EngineError('invalid', `error while looking up for ${key} ${text}: ${parsing}`);
  }
  return Array.from({ length: count }, (_, index) => `${Number(first) + index}/${protocol}`);
}

function publishedPorts({ sandbox }: ContainerRecord): string[] {
  return (sandbox?.ports ?? []).map(({ port, protocol }) => `${port}/${protocol}`);
}

export function exposedPorts({ config, hostConfig }: ContainerRecord): string[] {
  const keys = [...Object.keys(config.ExposedPorts ?? {}), ...Object.keys(hostConfig.PortBindings ?? {})];
  return [...new Set(keys.map((key) => (key.includes('/') ? key : `${key}/tcp`)))];
}

function mounts(record: ContainerRecord, value: string): boolean {
  return record.mounts.some(({ name, source, destination }) => [name, source, destination].includes(value));
}

function isOn(record: ContainerRecord, value: string): boolean {
  const endpoints = Object.entries(record.sandbox?.endpoints ?? {});
  if (endpoints.some(([name, { networkId }]) => name === value || networkId.startsWith(value))) return true;
  return !isLive(record.state) && endpointRequests(record).some(({ network }) => network === value);
}
