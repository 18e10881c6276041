import { segment } from '#client';

/** The path of a volume, or of one of its verbs. */
export function volumePath(name: string, verb?: string): string {
  return `/volumes/${segment(name)}${verb === undefined ? '' : `/${verb}`}`;
}
