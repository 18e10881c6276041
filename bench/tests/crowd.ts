import type { Engine } from '../engines.ts';
import { heldBytes } from '../memory.ts';
import { pause } from '../peers/process.ts';
import type { Metric } from '../results.ts';
import { idleNames, makeIdle, removeIdle } from './commands.ts';
import type { Subject } from './subject.ts';
import type { EngineTest } from './types.ts';

const count = 50;
const jobs = 8;
const settleMs = 2000;

const started: Metric = { name: `${count} x run -d, ${jobs} at a time`, unit: 'ms', target: 0.25 };
const removed: Metric = { name: `rm -f of ${count}, one command`, unit: 'ms' };
const daemonMemory: Metric = { name: 'daemon at rest', unit: 'MiB' };
const containerMemory: Metric = { name: 'held per idle container', unit: 'MiB', target: 0.2 };

/** Many containers at once, and the memory that the engine holds for them: daemon growth, shims and proxies. */
export const crowdTest: EngineTest = {
  name: 'crowd',
  run(subject) {
    const before = settledMiB(subject);
    subject.timeTotal(started, makeIdle(['run', '-d'], subject.program), { count, jobs });
    const after = settledMiB(subject);
    subject.record(daemonMemory, [before]);
    subject.record(containerMemory, [(after - before) / count]);
    subject.timeTotal(removed, [...subject.program.forceRemove, ...idleNames(count)], {});
    removeIdle(subject, count);
  },
};

function settledMiB(subject: Subject<Engine>): number {
  pause(settleMs);
  return heldBytes(subject.program.keeps) / 2 ** 20;
}
