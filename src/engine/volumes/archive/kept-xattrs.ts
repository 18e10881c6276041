import { isOwnXattr } from '#tree';
import { originXattr } from './origin.ts';

const othersKept = ['trusted.', 'system.posix_acl_'];

/** What programs set of a file: attributes, also root's, capabilities and access lists; labels are the host's. */
export function keepsXattr(name: string): boolean {
  return name !== originXattr && (isOwnXattr(name) || othersKept.some((prefix) => name.startsWith(prefix)));
}
