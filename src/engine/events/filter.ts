import { checkFilterKeys, type Filter, filterPasses, labelsPass } from '#base';
import type { EngineEvent } from './types.ts';

const keys = [
  'config',
  'container',
  'daemon',
  'event',
  'image',
  'label',
  'network',
  'node',
  'plugin',
  'scope',
  'secret',
  'service',
  'type',
  'volume',
];
/** Keys that name an object: its id or the start of its name. */
const objectKeys = [
  'config',
  'container',
  'daemon',
  'network',
  'node',
  'plugin',
  'secret',
  'service',
  'volume',
];
/** Actions that carry a text behind a colon; a filter may leave it out. */
const openActions = ['health_status', 'exec_create', 'exec_start'];

/** Compiles a filter to a test. @throws EngineError invalid, for an unknown key */
export function compileEventFilter(filter: Filter): (event: EngineEvent) => boolean {
  checkFilterKeys(filter, keys);
  const objects = objectKeys.filter((key) => filter[key] !== undefined);
  return (event) =>
    filterPasses(filter, 'type', (value) => value === event.type) &&
    filterPasses(filter, 'event', (value) => matchesAction(event.action, value)) &&
    filterPasses(filter, 'scope', (value) => value === 'local') &&
    filterPasses(filter, 'image', (value) => matchesImage(event, value)) &&
    labelsPass(filter, event.attributes) &&
    objects.every((key) => filterPasses(filter, key, (value) => matchesObject(event, key, value)));
}

function matchesAction(action: string, wanted: string): boolean {
  return action === wanted || (openActions.includes(wanted) && action.startsWith(`${wanted}: `));
}

/** What a network's or a volume's fact says of a container does not make it one of the container. */
function matchesObject(event: EngineEvent, key: string, wanted: string): boolean {
  if (event.type !== key) return false;
  return event.id.startsWith(wanted) || (event.attributes.name?.startsWith(wanted) ?? false);
}

function matchesImage(event: EngineEvent, wanted: string): boolean {
  const names = [
    event.attributes.image,
    event.attributes.name,
    event.type === 'image' ? event.id : undefined,
  ];
  return names.some((name) => name !== undefined && (name === wanted || withoutTag(name) === wanted));
}

function withoutTag(name: string): string {
  return name.replace(/(@.*|:[^/:]*)$/, '');
}
