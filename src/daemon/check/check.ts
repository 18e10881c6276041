import { errorMessage } from '#base';
import type { Finding, Probe } from './probe.ts';

/** Tries every probe; none stops the others. */
export function runProbes(probes: readonly Probe[]): readonly Finding[] {
  return probes.map((probe) => ({
    feature: probe.feature,
    needed: probe.needed === true,
    lost: '',
    ...attempt(probe),
  }));
}

function attempt({ attempt: run, lost }: Probe): Pick<Finding, 'state' | 'detail'> & { lost?: string } {
  try {
    return { state: 'ok', detail: run() ?? '' };
  } catch (error) {
    return { state: 'missing', detail: errorMessage(error), lost };
  }
}

/** Whether containers can run. */
export function isFit(findings: readonly Finding[]): boolean {
  return findings.every(({ state, needed }) => state === 'ok' || !needed);
}

/** One line a feature, what is missing with what is lost without it, and a verdict. */
export function formatFindings(findings: readonly Finding[], host: string): string {
  const width = Math.max(...findings.map(({ feature }) => feature.length));
  const lines = findings.flatMap(({ feature, state, detail, lost }) => {
    const line = `${state.padEnd(8)} ${feature.padEnd(width)}  ${detail}`.trimEnd();
    return state === 'ok' ? [line] : [line, `${' '.repeat(width + 11)}without it: ${lost}`];
  });
  return [host, ...lines, verdict(findings)].join('\n');
}

function verdict(findings: readonly Finding[]): string {
  const missing = findings.filter(({ state }) => state === 'missing');
  const needed = missing.filter((finding) => finding.needed).map(({ feature }) => feature);
  if (needed.length > 0) return `No container can run here: ${needed.join(', ')} missing.`;
  if (missing.length === 0) return 'Everything is there.';
  return `Containers can run here. Missing: ${missing.map(({ feature }) => feature).join(', ')}.`;
}
