import { parseReference, type Reference, withDefaultTag } from '#oci';

/** A manifest's or list's name in full. @throws Error with the stock client's words; `what` says what it is the name of */
export function parseName(text: string, what = ''): Reference {
  try {
    return withDefaultTag(parseReference(text));
  } catch (error) {
    if (what === '') throw error;
    throw new Error(`${what} ${text}: ${(error as Error).message}`);
  }
}

/** A summary with what the stock client says of these commands. */
export function experimental(command: string, summary: string): string {
  return `${summary}

EXPERIMENTAL:
  docker manifest ${command} is an experimental feature.
  Experimental features provide early access to product functionality. These
  features may change between releases without warning, or can be removed from a
  future release. Learn more about experimental features in our documentation:
  https://docs.docker.com/go/experimental/`;
}
