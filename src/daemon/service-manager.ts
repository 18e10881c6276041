import { monotonicMicroseconds, sendUnixDatagram } from '#linux';

/** The service manager that started this daemon, such as systemd, as sd_notify(3) speaks to it. */
export interface ServiceManager extends Disposable {
  ready(status: string): void;
  reloading(): void;
  stopping(): void;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Tells the manager at `NOTIFY_SOCKET`, and keeps its watchdog quiet while the daemon's loop goes round, until it is
 * disposed of. Without a manager nothing is told. A manager that does not listen does not stop the daemon.
 */
export function openServiceManager(environment: Environment): ServiceManager {
  const socket = environment.NOTIFY_SOCKET;
  const tell = (...lines: string[]) => {
    if (socket !== undefined && socket !== '') trySend(socket, lines.join('\n'));
  };
  const periodMs = watchdogPeriodMs(environment);
  const watchdog = periodMs === undefined ? undefined : setInterval(() => tell('WATCHDOG=1'), periodMs / 2);
  watchdog?.unref();
  return {
    ready: (status) => tell('READY=1', `STATUS=${status}`),
    reloading: () => tell('RELOADING=1', `MONOTONIC_USEC=${monotonicMicroseconds()}`),
    stopping: () => tell('STOPPING=1'),
    [Symbol.dispose]: () => clearInterval(watchdog),
  };
}

function trySend(socket: string, text: string): void {
  try {
    sendUnixDatagram(socket, Buffer.from(text));
  } catch {
    // Who started us may have gone.
  }
}

function watchdogPeriodMs({ WATCHDOG_USEC, WATCHDOG_PID }: Environment): number | undefined {
  const period = Number(WATCHDOG_USEC) / 1000;
  const isOurs = WATCHDOG_PID === undefined || Number(WATCHDOG_PID) === process.pid;
  return isOurs && period > 0 ? period : undefined;
}
