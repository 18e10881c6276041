import type { HealthConfig } from '#api';
import { flag } from './flag-words.ts';
import { shellWords } from './quote.ts';

/** A container's health check, as far as it is not the image's. */
export function healthWords(health: HealthConfig = {}, image: HealthConfig = {}): string[] {
  if (health.Test?.[0] === 'NONE') return ['--no-healthcheck'];
  const own = <K extends keyof HealthConfig>(key: K) =>
    health[key] === image[key] ? undefined : health[key];
  const isOwnTest = JSON.stringify(health.Test) !== JSON.stringify(image.Test);
  return [
    ...flag('health-cmd', isOwnTest ? describeTest(health.Test) : ''),
    ...flag('health-interval', nanoseconds(own('Interval'))),
    ...flag('health-timeout', nanoseconds(own('Timeout'))),
    ...flag('health-start-period', nanoseconds(own('StartPeriod'))),
    ...flag('health-start-interval', nanoseconds(own('StartInterval'))),
    ...flag('health-retries', own('Retries')),
  ];
}

/** The flag's command is always a shell's. */
function describeTest(test: HealthConfig['Test']): string {
  const [kind, ...words] = test ?? [];
  return kind === 'CMD' ? shellWords(words) : words.join(' ');
}

const units = [
  ['h', 3600e9],
  ['m', 60e9],
  ['s', 1e9],
  ['ms', 1e6],
] as const;

/** A length of time in the largest unit of which it is a whole number. */
function nanoseconds(count: number | undefined): string {
  if (!count) return '';
  const [unit, size] = units.find(([, length]) => count % length === 0) ?? ['ns', 1];
  return `${count / size}${unit}`;
}
