import type { ContainerConfig } from '#api';
import { EngineError } from '#base';
import { looksLikeTarget, type NetworkTarget, parseTarget, tryParseTarget } from './network-target.ts';

/** What is done to find out whether a container is well. */
export type Probe =
  | { readonly kind: 'exec'; readonly argv: readonly string[] }
  | { readonly kind: 'network'; readonly target: NetworkTarget };

/** A container's health check with its defaults filled in. */
export interface HealthCheck {
  readonly probe: Probe;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  /** In a row, until the container counts as unhealthy. */
  readonly retries: number;
  /** How long after the start failures do not count … */
  readonly startPeriodMs: number;
  /** … and the interval until the first success in that time. */
  readonly startIntervalMs: number;
}

const nsPerMs = 1_000_000;
const defaultShell = ['/bin/sh', '-c'];

/** The check of a container; undefined when it has none. */
export function healthCheckOf(config: ContainerConfig): HealthCheck | undefined {
  const health = config.Healthcheck;
  const probe = probeOf(health?.Test ?? [], config.Shell ?? []);
  if (health === undefined || probe === undefined) return undefined;
  return {
    probe,
    intervalMs: milliseconds(health.Interval, 30_000),
    timeoutMs: milliseconds(health.Timeout, 30_000),
    retries: (health.Retries ?? 0) > 0 ? (health.Retries ?? 0) : 3,
    startPeriodMs: milliseconds(health.StartPeriod, 0),
    startIntervalMs: milliseconds(health.StartInterval, 5_000),
  };
}

/** Refuses a check that can't be carried out, in Docker's words. @throws EngineError invalid */
export function validateHealthCheck(config: ContainerConfig): void {
  const { Test, Retries = 0, ...health } = config.Healthcheck ?? {};
  for (const field of ['Interval', 'Timeout', 'StartPeriod', 'StartInterval'] as const) {
    const duration = health[field] ?? 0;
    if (duration === 0 || duration >= nsPerMs) continue;
    throw new EngineError('invalid', `${field} in Healthcheck cannot be less than 1ms`);
  }
  if (Retries < 0) throw new EngineError('invalid', 'Retries in Healthcheck cannot be negative');
  const url = urlOf(Test ?? []);
  if (url !== undefined) parseTarget(url);
}

function probeOf(test: readonly string[], shell: readonly string[]): Probe | undefined {
  const [kind, ...words] = test;
  if (kind !== 'CMD' && kind !== 'CMD-SHELL') return undefined;
  const target = tryParseTarget(urlOf(test) ?? '');
  if (target !== undefined) return { kind: 'network', target };
  const prefix = kind === 'CMD' ? [] : shell.length > 0 ? shell : defaultShell;
  return { kind: 'exec', argv: [...prefix, ...words] };
}

/** A single word that is a URL is no command: the engine looks there itself. */
function urlOf([kind, word = '', ...rest]: readonly string[]): string | undefined {
  const url = word.trim();
  return kind?.startsWith('CMD') && rest.length === 0 && looksLikeTarget(url) ? url : undefined;
}

function milliseconds(durationNs: number | undefined, byDefault: number): number {
  return durationNs ? durationNs / nsPerMs : byDefault;
}
