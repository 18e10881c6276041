import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { busyboxImage } from '../fixtures/busybox.ts';
import { eventually } from '../testing/programs.ts';
import { useWharf } from '../testing/use-wharf.ts';

const rounds = 12;
/** Of cgroup v1's pids controller, or of v2. */
const cgroupMount = existsSync('/sys/fs/cgroup/pids') ? '/sys/fs/cgroup/pids' : '/sys/fs/cgroup';
/** A whole `run` takes less than this; the kill comes at a random moment of it. */
const runMs = 60;

describe('a daemon that is killed at random moments of run', () => {
  const suite = useWharf([busyboxImage('base:1')]);
  const { docker, ok } = suite;
  const listed = async (...flags: string[]) =>
    (await ok(['ps', '-aq', '--no-trunc', ...flags])).split('\n').filter(Boolean);

  /** What the roots hold by container, which must be the containers that are listed. */
  const kept = () => {
    const { dataRoot, execRoot, cgroupParent } = suite.wharf;
    const names = (path: string) => (existsSync(path) ? readdirSync(path) : []);
    return {
      durable: names(`${dataRoot}/containers`),
      snapshots: names(`${dataRoot}/snapshots`).filter((name) => /^[0-9a-f]{64}$/.test(name)),
      bundles: names(`${execRoot}/containers`),
      shims: shimsOf(execRoot),
      cgroups: names(`${cgroupMount}${cgroupParent}`).filter((name) => /^[0-9a-f]{64}$/.test(name)),
    };
  };

  for (let round = 1; round <= rounds; round++) {
    test(`round ${round}: every container is whole or gone, and nothing else is left`, async () => {
      const running = docker(['run', '-d', '-v', '/data', '--label', 'by=crash', 'base:1', 'sleep', '600']);
      await sleep(Math.random() * runMs);
      await suite.wharf.stop('SIGKILL');
      await running;
      await suite.wharf.start();
      const ids = await listed();
      const live = await listed('-f', 'status=running');
      await eventually('what is left agrees with the list', () => {
        const { durable, snapshots, bundles, shims, cgroups } = kept();
        const isListed = (id: string) => ids.includes(id);
        return (
          durable.every(isListed) &&
          snapshots.every(isListed) &&
          snapshots.length === ids.length &&
          bundles.every(isListed) &&
          shims.length === live.length &&
          shims.every((id) => live.includes(id)) &&
          cgroups.every((id) => live.includes(id))
        );
      });
      for (const id of ids) {
        const [status, pid] = (await ok(['inspect', '-f', '{{.State.Status}} {{.State.Pid}}', id])).split(
          ' ',
        );
        assert.ok(status === 'created' || status === 'running', status);
        assert.equal(status === 'running', existsSync(`/proc/${pid}`) && pid !== '0');
      }
    });
  }

  test('what came through can be used and removed, with its volumes', async () => {
    const created = await listed('-f', 'status=created');
    if (created.length > 0) await ok(['start', ...created]);
    const ids = await listed();
    for (const id of ids) assert.equal(await ok(['exec', id, 'echo', 'alive']), 'alive');
    if (ids.length > 0) await ok(['rm', '-f', '-v', ...ids]);
    assert.equal(await ok('volume ls -q'), '');
    await eventually('all is gone', () => Object.values(kept()).every((names) => names.length === 0));
  });
});

/** The containers whose shims live, by the directory in their command line. */
function shimsOf(execRoot: string): string[] {
  return readdirSync('/proc').flatMap((pid) => {
    if (!/^\d+$/.test(pid)) return [];
    try {
      const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
      const directory = words.find((word) => word.startsWith(`--dir=${execRoot}/containers/`));
      return directory === undefined ? [] : [directory.slice(directory.lastIndexOf('/') + 1)];
    } catch {
      return [];
    }
  });
}
