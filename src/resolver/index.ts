/**
 * resolver: `wharf-resolver`, the DNS server at 127.0.0.11 of containers, and what a daemon tells it.
 *
 * Life cycle: a daemon starts it when the first container has names, and tells it every sandbox whole. It takes the
 * sockets that the container's shim holds since before the user's process, answers there, and lets go when the
 * container ends. Without a daemon it goes on with what it knows; it ends when it has neither daemon nor container.
 *
 * message/ is the wire format, names/ who is called what, upstream/ asks other servers, serve/ has the sockets,
 * control/ the daemon's connection. It keeps nothing on disk and caches no other server's answers.
 */

export { fileMark } from './control/file-mark.ts';
export {
  encodeLine,
  Lines,
  type ResolverReply,
  type ResolverRequest,
  resolverSocketName,
} from './control/messages.ts';
export type { Link, NamedEndpoint, NamedSandbox } from './types.ts';
export { publicServers } from './upstream/host-servers.ts';
export { parseResolvConf, type ResolvConf, readResolvConf } from './upstream/resolv-conf.ts';
