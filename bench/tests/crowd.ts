import type { Engine } from '../engines.ts';
import { heldBytes } from '../memory.ts';
import { pause } from '../peers/process.ts';
import type { Metric } from '../results.ts';
import { idleNames, makeIdle, removeIdle } from './commands.ts';
import type { Subject } from './subject.ts';
import type { EngineTest } from './types.ts';

const count = 50;
const jobs = 8;
/** Engines that give memory back when they rest do so in this time. */
const settleMs = 12_000;

const run: Metric = { name: `${count} x run -d, ${jobs} at a time`, unit: 'ms', target: 0.15 };
const started: Metric = { name: `${count} x start, ${jobs} at a time`, unit: 'ms', target: 0.15 };
const removed: Metric = { name: `rm -f of ${count}, one command`, unit: 'ms', target: 0.2 };
const daemonMemory: Metric = { name: 'daemon at rest', unit: 'MiB', target: 0.5 };
const containerMemory: Metric = { name: 'held per idle container', unit: 'MiB', target: 0.1 };
const manyCount = 1000;
const listed: Metric = { name: `ps -a of ${manyCount}`, unit: 'ms', target: 0.3 };

/** Many containers at once, and the memory that the engine holds for them: daemon growth, shims and proxies. */
export const crowdTest: EngineTest = {
  name: 'crowd',
  run(subject) {
    const before = settledMiB(subject);
    subject.timeTotal(run, makeIdle(['run', '-d'], subject.program), { count, jobs });
    const after = settledMiB(subject);
    subject.record(daemonMemory, [before]);
    subject.record(containerMemory, [(after - before) / count]);
    subject.timeTotal(removed, [...subject.program.forceRemove, ...idleNames(count)], {});
    removeIdle(subject, count);
  },
};

/** Containers that were created, started side by side. */
export const startsTest: EngineTest = {
  name: 'starts',
  run(subject) {
    subject.run(makeIdle(['create'], subject.program), { count });
    subject.timeTotal(started, ['start', 'bench-{}'], { count, jobs });
    removeIdle(subject, count);
  },
};

/** A long list. */
export const listTest: EngineTest = {
  name: 'ps-many',
  run(subject) {
    subject.run(makeIdle(['create'], subject.program), { count: manyCount, jobs });
    subject.time(listed, ['ps', '-a'], { count: 5 });
    removeIdle(subject, manyCount);
  },
};

function settledMiB(subject: Subject<Engine>): number {
  pause(settleMs);
  return heldBytes(subject.program.keeps) / 2 ** 20;
}
