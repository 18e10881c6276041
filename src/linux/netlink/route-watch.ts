import { watchGroup } from './group-watch.ts';
import { type RouteEntry, tryDecodeRoute } from './route-entry.ts';
import { netlinkProtocol } from './socket.ts';

const newRoute = 24;
const ipv4Routes = 7;
const ipv6Routes = 11;

/**
 * Tells the routes that come to any table of this network namespace, until it is disposed of. It does not keep the
 * process alive.
 * @throws SystemCallError
 */
export function watchRoutes(onRoutes: (routes: readonly RouteEntry[]) => void): Disposable {
  using undo = new DisposableStack();
  for (const group of [ipv4Routes, ipv6Routes]) {
    const watch = watchGroup({ protocol: netlinkProtocol.route, group }, (messages) => {
      const added = messages.filter(({ type }) => type === newRoute);
      onRoutes(added.map(({ body }) => tryDecodeRoute(body)).filter((route) => route !== undefined));
    });
    undo.use(watch);
  }
  return undo.move();
}
