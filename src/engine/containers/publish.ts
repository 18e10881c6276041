import type { ContainerAction } from '#engine/events';
import type { ContainerContext } from './context.ts';
import type { ContainerMount, ContainerRecord } from './types.ts';

/** Publishes a fact about a container, with its labels, image and name. */
export function publish(
  { events }: ContainerContext,
  { id, name, config, image }: ContainerRecord,
  action: ContainerAction,
  attributes: Readonly<Record<string, string>> = {},
): void {
  events.publish({
    type: 'container',
    action,
    id,
    attributes: { ...config.Labels, image: image.reference, name, ...attributes },
  });
}

/** A command as the actions of an exec show it; a blank follows a program without arguments, too. */
export function execCommand([program = '', ...args]: readonly string[]): string {
  return `${program} ${args.join(' ')}`;
}

/** Publishes that a container's volumes came into use or out of it. */
export function publishVolumes(
  { events }: ContainerContext,
  container: ContainerRecord,
  action: 'mount' | 'unmount',
): void {
  for (const mount of container.mounts) {
    if (mount.type === 'volume') {
      events.publish({
        type: 'volume',
        action,
        id: mount.name,
        attributes: volumeAttributes(container, mount, action),
      });
    }
  }
}

function volumeAttributes(container: ContainerRecord, mount: ContainerMount, action: 'mount' | 'unmount') {
  const both = { container: container.id, driver: mount.driver };
  if (action === 'unmount') return both;
  return {
    ...both,
    destination: mount.destination,
    'read/write': String(mount.writable),
    propagation: mount.propagation,
  };
}
