import { setTimeout as sleep } from 'node:timers/promises';
import { EngineError } from '#base';
import { type CgroupSetup, type CgroupStats, cgroupStats } from '#linux';
import { containerOperand, parseArguments } from '../arguments.ts';
import { type Command, print } from '../command.ts';
import { cgroupOf, findContainer } from '../context.ts';

/** `events ID`: the container's statistics, once with `--stats`, else again and again until it ends. */
export const command: Command = async (context, words) => {
  const { flags, operands } = parseArguments(words, { stats: 'switch', interval: 'value' });
  const id = containerOperand(operands);
  const { record, task } = await findContainer(context, id);
  const cgroup = cgroupOf(record);
  if (task === undefined || cgroup === undefined)
    throw new EngineError('conflict', `container ${id} is not running`);
  if (!flags.stats) await repeat(id, cgroup, parseInterval(flags.interval ?? '5s'), task.exited);
  else printStats(id, cgroupStats(cgroup));
  task.close();
  return 0;
};

async function repeat(
  id: string,
  cgroup: CgroupSetup,
  intervalMs: number,
  ended: Promise<unknown>,
): Promise<void> {
  let running = true;
  const end = ended.then(() => {
    running = false;
  });
  let kills = 0;
  while (running) {
    await Promise.race([sleep(intervalMs, undefined, { ref: true }), end]);
    const stats = cgroupStats(cgroup);
    const seen = stats.memory?.oomKills ?? 0;
    if (seen > kills) print(JSON.stringify({ type: 'oom', id }));
    kills = seen;
    if (running) printStats(id, stats);
  }
}

/** In the shape that callers of OCI runtimes read. */
function printStats(id: string, { cpu, memory, pids }: CgroupStats): void {
  const data = {
    cpu: {
      usage: { total: cpu?.totalNs, percpu: cpu?.perCpuNs, kernel: cpu?.kernelNs, user: cpu?.userNs },
      throttling: {
        periods: cpu?.periods,
        throttledPeriods: cpu?.throttledPeriods,
        throttledTime: cpu?.throttledNs,
      },
    },
    memory: {
      usage: {
        usage: memory?.usageBytes,
        limit: memory?.limitBytes,
        max: memory?.peakBytes,
        failcnt: memory?.failures,
      },
      raw: memory?.counters,
    },
    pids: { current: pids?.current, limit: pids?.limit },
  };
  print(JSON.stringify({ type: 'stats', id, data }));
}

/** Reads `5s` or `100ms`. @throws EngineError invalid */
function parseInterval(text: string): number {
  const [, digits, unit] = /^(\d+)(ms|s|m)$/.exec(text) ?? [];
  const factors: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000 };
  const factor = factors[unit ?? ''];
  if (factor === undefined || Number(digits) === 0)
    throw new EngineError('invalid', `invalid interval: "${text}"`);
  return Number(digits) * factor;
}
