import type { ContainerContext } from '../context.ts';
import { locked } from '../locked.ts';
import type { Containers } from '../types.ts';
import { updateContainer } from './update.ts';

/** What changes a container that was made. */
export function updateVerbs(context: ContainerContext): Pick<Containers, 'update'> {
  return {
    update: (ref, request) => locked(context, ref, (record) => updateContainer(context, record, request)),
  };
}
