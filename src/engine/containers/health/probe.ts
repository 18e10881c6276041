import { errorMessage, nowNs } from '#base';
import type { ContainerContext } from '../context.ts';
import { execCommand, publish } from '../publish.ts';
import { pidOf } from '../state.ts';
import type { ContainerRecord, HealthResult } from '../types.ts';
import { runProbe } from './exec-probe.ts';
import { formatGoDuration } from './go-duration.ts';
import type { HealthCheck } from './health-check.ts';
import { askServer } from './network-probe.ts';
import { longestTimerMs } from './next-health.ts';
import { ProbeOutput } from './probe-output.ts';

/** What one look at a container found; exit code 0 is well. */
export interface ProbeOutcome {
  readonly exitCode: number;
  readonly output: string;
}

/** Looks once whether a container is well. Never fails: that it could not look is a result. */
export async function probeOnce(
  context: ContainerContext,
  record: ContainerRecord,
  check: HealthCheck,
  stop: AbortSignal,
): Promise<HealthResult> {
  const startNs = nowNs();
  const output = new ProbeOutput();
  using deadline = startDeadline(check.timeoutMs, stop);
  const outcome = await lookWithin(context, { record, check, output }, deadline.signal);
  if (!deadline.isPast) return { startNs, endNs: nowNs(), ...outcome };
  const written = output.text === '' ? '' : `: ${output.text}`;
  const text = `Health check exceeded timeout (${formatGoDuration(check.timeoutMs)})${written}`;
  return { startNs, endNs: nowNs(), exitCode: -1, output: text };
}

interface Look {
  readonly record: ContainerRecord;
  readonly check: HealthCheck;
  readonly output: ProbeOutput;
}

async function lookWithin(context: ContainerContext, look: Look, signal: AbortSignal): Promise<ProbeOutcome> {
  try {
    const { probe } = look.check;
    if (probe.kind === 'network') return await askServer(pidOf(look.record.state), probe.target, signal);
    return await runProbe(context, noteProbe(context, look.record, probe.argv), look.output, signal);
  } catch (error) {
    return { exitCode: -1, output: errorMessage(error) };
  }
}

/** Notes the exec, also in the record: a daemon that comes after this one ends it. */
function noteProbe(context: ContainerContext, record: ContainerRecord, argv: readonly string[]) {
  const exec = context.execs.add(record.id, {
    argv,
    attach: { stdin: false, stdout: true, stderr: true },
    terminal: false,
    privileged: false,
    env: [],
  });
  const { health } = record;
  if (health !== undefined) context.records.update(record.id, { health: { ...health, probeId: exec.id } });
  publish(context, record, `exec_create: ${execCommand(argv)}`, { execID: exec.id });
  return exec;
}

interface Deadline extends Disposable {
  /** Aborted at the deadline, or when the checks stop. */
  readonly signal: AbortSignal;
  readonly isPast: boolean;
}

function startDeadline(timeoutMs: number, stop: AbortSignal): Deadline {
  const controller = new AbortController();
  let isPast = false;
  const timer = setTimeout(
    () => {
      isPast = true;
      controller.abort();
    },
    Math.min(timeoutMs, longestTimerMs),
  );
  const onStop = () => controller.abort();
  stop.addEventListener('abort', onStop, { once: true });
  return {
    signal: controller.signal,
    get isPast() {
      return isPast;
    },
    [Symbol.dispose]() {
      clearTimeout(timer);
      stop.removeEventListener('abort', onStop);
    },
  };
}
