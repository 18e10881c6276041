import { makeTar, type TarEntry } from '../../fixtures/tar.ts';

/** A Dockerfile, and what holds of its image. */
export interface BuildCase {
  readonly name: string;
  /** After `FROM base:1`, unless it begins with a stage of its own. */
  readonly text: string;
  readonly flags?: readonly string[];
  /** A command in the image, and what it writes. */
  readonly run?: readonly [script: string, output: string];
  /** A template of `image inspect`, and what it gives. */
  readonly config?: readonly [template: string, output: string];
  /** What the failing build says. */
  readonly refused?: RegExp;
}

/** The files that all cases are built from. */
export const buildContext: readonly TarEntry[] = [
  { path: 'a.txt', content: 'A', mode: 0o640, uid: 7, gid: 8 },
  { path: 'b.txt', content: 'B' },
  { path: 'sub/', type: 'directory', mode: 0o750 },
  { path: 'sub/one.c', content: '1' },
  { path: 'sub/two.o', content: '2' },
  { path: 'sub/deep/', type: 'directory' },
  { path: 'sub/deep/three.c', content: '3' },
  { path: 'link', type: 'symlink', target: 'sub/one.c' },
  { path: 'dirlink', type: 'symlink', target: 'sub' },
  { path: 'odd [x].txt', content: 'odd' },
  { path: 'inner.tar', content: makeTar([{ path: 'unpacked/f', content: 'U', uid: 5, gid: 6 }]) },
];

/** The whole Dockerfile of a case. */
export function dockerfileOf({ text }: BuildCase): string {
  return /^(?:# |ARG [A-Z]=base|FROM)/.test(text) ? text : `FROM base:1\n${text}`;
}

/** A template that gives one field of an image's configuration. */
export const config = (field: string): string => `{{json .Config.${field}}}`;
