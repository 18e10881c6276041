import type { Digest } from '#base';
import { familiarName, fullName, parseReference, type Reference } from '#oci';
import type { ImageName } from './image-records.ts';

/** The local name of a reference: its digest when it has one, else its tag, `latest` when it has neither. */
export function nameOf(reference: Reference): ImageName {
  const repository = fullName(reference);
  if (reference.digest !== undefined) return { repository, kind: 'digest', value: reference.digest };
  return { repository, kind: 'tag', value: reference.tag ?? 'latest' };
}

/** `alpine:3.20` or `alpine@sha256:…`. */
export function familiarText({ repository, kind, value }: ImageName): string {
  return `${familiarRepository(repository)}${kind === 'tag' ? ':' : '@'}${value}`;
}

export function familiarRepository(repository: string): string {
  return familiarName(parseReference(repository));
}

/** The digits that an image is shown by in messages. */
export function shortId(id: Digest | string): string {
  return id.replace('sha256:', '').slice(0, 12);
}
