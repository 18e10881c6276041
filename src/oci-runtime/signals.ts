import { constants } from 'node:os';
import { EngineError } from '#base';
import type { Task } from '#task';

const numbers: Readonly<Record<string, number>> = constants.signals;

/** Reads `KILL`, `SIGKILL` or `9`. @throws EngineError invalid */
export function parseSignal(text: string): number {
  const upper = text.toUpperCase();
  const number = /^\d+$/.test(text) ? Number(text) : (numbers[upper] ?? numbers[`SIG${upper}`]);
  if (number === undefined || number > 64) throw new EngineError('invalid', `unknown signal "${text}"`);
  return number;
}

const forwarded = ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGUSR1', 'SIGUSR2', 'SIGCONT'] as const;

/** Passes signals to this process on to the container until disposed of. */
export function forwardSignals(task: Pick<Task, 'kill'>): Disposable {
  const pass = (_: NodeJS.Signals, number: number) => void task.kill(number).catch(() => undefined);
  for (const name of forwarded) process.on(name, pass);
  return {
    [Symbol.dispose]() {
      for (const name of forwarded) process.off(name, pass);
    },
  };
}
