import { EngineError } from '#base';

const firstDescriptor = 3;

type Environment = Readonly<Record<string, string | undefined>>;

/** Whether the service manager has passed on sockets. */
export function wasActivated({ LISTEN_PID, LISTEN_FDS }: Environment): boolean {
  return Number(LISTEN_PID) === process.pid && Number(LISTEN_FDS) > 0;
}

/**
 * The descriptors of the listening sockets that the service manager has passed on (sd_listen_fds(3)).
 * @param which `*` for all, or one by its number or by the name of its unit
 * @throws EngineError invalid, when there is none
 */
export function passedSockets(which: string, environment: Environment): readonly number[] {
  const count = wasActivated(environment) ? Number(environment.LISTEN_FDS) : 0;
  const names = (environment.LISTEN_FDNAMES ?? '').split(':');
  const all = Array.from({ length: count }, (_, index) => firstDescriptor + index);
  if (all.length === 0) {
    const advice = 'make sure the service was started by systemd';
    throw new EngineError('invalid', `no sockets found via socket activation: ${advice}`);
  }
  if (which === '*') return all;
  const chosen = all.filter((fd, index) => String(fd) === which || names[index] === which);
  if (chosen.length > 0) return chosen;
  throw new EngineError('invalid', `no socket fd://${which} was passed by the service manager`);
}
