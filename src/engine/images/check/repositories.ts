import type { Digest } from '#base';
import { parseReference } from '#oci';
import type { RemoteRepository } from '#registry';
import type { CheckContext } from './context.ts';

/** The repositories that images came from: those of their names by digest, which only a registry gives. */
export function repositoriesOf({ records }: CheckContext, images: readonly Digest[]): readonly string[] {
  const names = images.flatMap((id) => records.names(id)).filter(({ kind }) => kind === 'digest');
  return [...new Set(names.map(({ repository }) => repository))];
}

/** A repository by its full name, `docker.io/library/alpine`. */
export function openRepository({ registry }: CheckContext, fullName: string): RemoteRepository {
  const reference = parseReference(fullName);
  return registry.repository(reference, registry.ownAuth(reference.domain));
}
