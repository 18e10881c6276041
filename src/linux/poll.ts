import { addon } from './addon.ts';
import { checked } from './errno.ts';

/** Events of epoll(7); hang-up and error are reported whether asked for or not. */
export const pollEvent = {
  readable: 1,
  priority: 2,
  writable: 4,
  error: 8,
  hangUp: 16,
  peerClosed: 0x2000,
} as const;

/** A watched descriptor. It must be disposed of before the descriptor is closed. */
export interface Watch extends Disposable {
  /** Asks for one more report of these events (sum of pollEvent). @throws SystemCallError */
  arm(events: number): void;
}

const control = { add: 1, remove: 2, change: 3 } as const;
const listeners = new Map<number, (events: number) => void>();
/** Those that keep the process alive. */
const wanted = new Set<number>();
let lastToken = 0;
let running: ReturnType<ReturnType<typeof addon>['pollStart']>;

/**
 * Watches any descriptor that epoll takes; `listener` runs once after each arm(). A watch keeps the process alive,
 * unless it is one in the background.
 * @throws SystemCallError EPERM for a plain file
 */
export function watchDescriptor(
  fd: number,
  listener: (events: number) => void,
  options: { readonly background?: boolean } = {},
): Watch {
  const poll = startedPoll();
  lastToken = (lastToken + 1) >>> 0;
  const token = lastToken;
  checked(addon().pollControl(poll, control.add, fd, 0, token), 'epoll_ctl');
  listeners.set(token, listener);
  if (!options.background && wanted.add(token).size === 1) addon().pollKeepAlive(poll, 1);
  return {
    arm(events) {
      checked(addon().pollControl(poll, control.change, fd, events, token), 'epoll_ctl');
    },
    [Symbol.dispose]() {
      if (!listeners.delete(token)) return;
      addon().pollControl(poll, control.remove, fd, 0, 0);
      if (wanted.delete(token) && wanted.size === 0) addon().pollKeepAlive(poll, 0);
    },
  };
}

function startedPoll(): NonNullable<typeof running> {
  running ??= addon().pollStart((token, events) => listeners.get(token)?.(events));
  if (running === undefined) throw new Error('the poll thread could not be started');
  return running;
}
