import { EngineError } from '#base';

const firstDescriptor = 3;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The descriptors of the listening sockets that the service manager has passed on (sd_listen_fds(3)).
 * @param which `*` for all, or one by its number or by the name of its unit
 * @throws EngineError invalid, when there is none
 */
export function passedSockets(which: string, environment: Environment): readonly number[] {
  const isOurs = Number(environment.LISTEN_PID) === process.pid;
  const count = isOurs ? Number(environment.LISTEN_FDS ?? 0) : 0;
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
