import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { cgroupDirectory, describeSetup, detectCgroups, prepareCgroup, removeCgroup, watchOom } from '#linux';
import { eventually } from '../testing/programs.ts';

const limitBytes = 8 << 20;

test('watchOom() tells of every killing in a cgroup, and not of its end', async (t) => {
  const cgroups = detectCgroups();
  const parent = `/wharf-test-oom-${process.pid}`;
  const setup = prepareCgroup(cgroups, `${parent}/box`);
  t.after(async () => {
    await removeCgroup(setup);
    await removeCgroup(describeSetup(cgroups, parent));
  });
  const directory: string | undefined = cgroupDirectory(setup, 'memory');
  if (directory === undefined) {
    t.skip('no memory controller');
    return;
  }
  mkdirSync(directory);
  writeFileSync(
    `${directory}/${cgroups.version === 2 ? 'memory.max' : 'memory.limit_in_bytes'}`,
    `${limitBytes}`,
  );
  let told = 0;
  using _watch = watchOom(setup, () => told++);
  for (let run = 1; run <= 2; run++) {
    assert.equal(await starve(directory), 'SIGKILL');
    await eventually('the killing is told', () => told >= run);
  }
  const toldInAll = told;
  await removeCgroup(setup);
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(told, toldInAll);
});

/** Runs a process in the cgroup that takes all memory there is. @returns the signal that ended it */
async function starve(directory: string): Promise<unknown> {
  const script = `echo $$ >${directory}/cgroup.procs; exec tail /dev/zero`;
  const [, signal] = await once(spawn('sh', ['-c', script], { stdio: 'ignore' }), 'exit');
  return signal;
}
