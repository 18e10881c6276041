import type { ImageInspect } from '#api';

/** One word of a command line; or a word that ends with a file's name, of which only the content is known. */
export type Word = string | { readonly before: string; readonly content: string };

/** What a container has without being asked: from its image, and from the daemon. */
export interface Inherited {
  readonly image: ImageInspect['Config'];
  readonly cgroupVersion: string;
  readonly logDriver: string;
  readonly runtime: string;
}
