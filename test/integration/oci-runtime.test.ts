import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parseRuntimeSpec, type RuntimeSpec } from '#oci';
import { makeBundle } from './runtime/container.ts';

const program = fileURLToPath(new URL('../../src/oci-runtime/main.ts', import.meta.url));

interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A bundle, and the command working on a root of its own beside it; its containers are gone afterwards. */
function useRuntime(t: TestContext) {
  const names = new Set<string>();
  // Registered first, so that it still finds the state that goes with the bundle.
  t.after(() => {
    for (const name of names) wharfRuntime(['delete', '--force', name]);
  });
  const bundle = makeBundle(t);
  const wharfRuntime = (words: readonly string[], input = ''): Outcome => {
    const root = ['--root', join(bundle, 'state')];
    return spawnSync(process.execPath, [program, ...root, ...words], {
      cwd: bundle,
      input,
      encoding: 'utf8',
    });
  };
  /** The container keeps the streams it is given: ours would not end before it does. */
  const leave = (words: readonly string[]): number | null => {
    const root = ['--root', join(bundle, 'state')];
    return spawnSync(process.execPath, [program, ...root, ...words], { cwd: bundle, stdio: 'ignore' }).status;
  };
  const configure = (change: (spec: RuntimeSpec) => Partial<RuntimeSpec>) => {
    const path = join(bundle, 'config.json');
    if (!existsSync(path)) wharfRuntime(['spec']);
    const spec = parseRuntimeSpec(readFileSync(path, 'utf8'));
    writeFileSync(path, JSON.stringify({ ...spec, ...change(spec) }));
  };
  /** Names are unique on the host: they are cgroups there. */
  const name = (word: string) => {
    const full = `wharf-test-${word}-${process.pid}`;
    names.add(full);
    return full;
  };
  const runs = (script: string) =>
    configure(({ process: shell }) => ({
      process: { ...shell, cwd: '/', terminal: false, args: ['sh', '-c', script] },
    }));
  return { bundle, wharfRuntime, leave, configure, name, runs };
}

function statusOf(outcome: Outcome): string {
  return (JSON.parse(outcome.stdout) as { status: string }).status;
}

test('A07 wharf-runtime spec writes a configuration that run accepts', (t) => {
  const { wharfRuntime, name, bundle, runs } = useRuntime(t);
  assert.equal(wharfRuntime(['spec']).status, 0);
  assert.match(wharfRuntime(['spec']).stderr, /config\.json exists/);
  runs('cat; echo oops >&2; exit 5');
  const id = name('run');
  const outcome = wharfRuntime(['run', id], 'through\n');
  assert.deepEqual([outcome.status, outcome.stdout, outcome.stderr], [5, 'through\n', 'oops\n']);
  assert.ok(!existsSync(join(bundle, 'state', 'containers', id)));
});

test('wharf-runtime takes a container from create to delete', (t) => {
  const { bundle, wharfRuntime, leave, name, runs } = useRuntime(t);
  runs('echo started > /tmp/mark; exec sleep 60');
  // The default root is read-only; a mark in it shows that the program has run.
  const config = join(bundle, 'config.json');
  writeFileSync(config, readFileSync(config, 'utf8').replace('"readonly":true', '"readonly":false'));
  const id = name('life');
  const mark = join(bundle, 'rootfs/tmp/mark');
  const state = () => statusOf(wharfRuntime(['state', id]));
  assert.equal(leave(['create', '--pid-file', join(bundle, 'pid'), id]), 0);
  assert.equal(state(), 'created');
  assert.ok(existsSync(`/proc/${readFileSync(join(bundle, 'pid'), 'utf8')}`));
  assert.ok(!existsSync(mark));
  assert.equal(wharfRuntime(['start', id]).status, 0);
  assert.equal(state(), 'running');
  assert.match(wharfRuntime(['start', id]).stderr, /cannot start a container in the running state/);
  assert.match(wharfRuntime(['delete', id]).stderr, /that is not stopped: running/);
  assert.match(wharfRuntime(['create', id]).stderr, /container with given ID already exists/);
  assert.equal(wharfRuntime(['pause', id]).status, 0);
  assert.equal(state(), 'paused');
  assert.equal(wharfRuntime(['resume', id]).status, 0);
  assert.equal(wharfRuntime(['kill', id, 'KILL']).status, 0);
  while (state() !== 'stopped');
  assert.ok(existsSync(mark));
  assert.equal(wharfRuntime(['delete', id]).status, 0);
  assert.match(wharfRuntime(['state', id]).stderr, /container does not exist/);
});

test('wharf-runtime looks into and changes a running container', (t) => {
  const { wharfRuntime, leave, name, runs } = useRuntime(t);
  runs('exec sleep 60');
  const id = name('busy');
  assert.equal(leave(['run', '--detach', id]), 0);
  const exec = wharfRuntime(
    ['exec', '--env', 'SAILS=red', id, 'sh', '-c', 'cat; echo $SAILS; hostname; exit 4'],
    'in\n',
  );
  assert.deepEqual([exec.status, exec.stdout], [4, 'in\nred\nwharf\n']);
  assert.equal((JSON.parse(wharfRuntime(['ps', '--format', 'json', id]).stdout) as number[]).length, 1);
  assert.match(wharfRuntime(['list']).stdout, new RegExp(`^${id} +\\d+ +running`, 'm'));
  assert.equal(wharfRuntime(['update', '--pids-limit', '77', id]).status, 0);
  const events = JSON.parse(wharfRuntime(['events', '--stats', id]).stdout) as { data: { pids: object } };
  assert.deepEqual(events.data.pids, { current: 1, limit: 77 });
});

test('wharf-runtime runs hooks with the state on their standard input', (t) => {
  const { bundle, wharfRuntime, name, configure, runs } = useRuntime(t);
  runs('true');
  const hook = (kind: string) => [
    {
      path: '/bin/sh',
      args: ['sh', '-c', `echo "${kind} $SHIP $(cat)" >> ${bundle}/hooks`],
      env: ['SHIP=argo'],
    },
  ];
  configure(() => ({
    hooks: {
      createRuntime: hook('createRuntime'),
      poststart: hook('poststart'),
      poststop: hook('poststop'),
    },
  }));
  assert.equal(wharfRuntime(['run', name('hooks')]).status, 0);
  const lines = readFileSync(join(bundle, 'hooks'), 'utf8').trim().split('\n');
  assert.deepEqual(
    lines.map((line) => line.replace(/\{.*/, '').trim()),
    ['createRuntime argo', 'poststart argo', 'poststop argo'],
  );
  assert.match(lines[0] ?? '', /"status":"creating"/);
  assert.match(lines[2] ?? '', /"status":"stopped"/);
});

test('wharf-runtime undoes a container whose hook fails', (t) => {
  const { bundle, wharfRuntime, name, configure, runs } = useRuntime(t);
  runs('true');
  configure(() => ({ hooks: { prestart: [{ path: '/bin/false' }] } }));
  const id = name('undone');
  const outcome = wharfRuntime(['run', id]);
  assert.equal(outcome.status, 1);
  assert.match(outcome.stderr, /error running hook \/bin\/false: it exited with 1/);
  assert.ok(!existsSync(join(bundle, 'state', 'containers', id)));
});

test('wharf-runtime reports errors to its log as JSON', (t) => {
  const { bundle, wharfRuntime } = useRuntime(t);
  const log = join(bundle, 'log');
  assert.equal(wharfRuntime(['--log', log, '--log-format', 'json', 'state', 'nobody']).status, 1);
  const entry = JSON.parse(readFileSync(log, 'utf8')) as { level: string; msg: string };
  assert.deepEqual([entry.level, entry.msg], ['error', 'container does not exist']);
});

test('wharf-runtime refuses what it cannot do instead of ignoring it', (t) => {
  const { wharfRuntime, name, configure, runs } = useRuntime(t);
  runs('true');
  assert.match(wharfRuntime(['--systemd-cgroup', 'list']).stderr, /systemd cgroups are not supported/);
  assert.match(
    wharfRuntime(['create', '--console-socket', '/x', 'a']).stderr,
    /--console-socket is not supported/,
  );
  configure(() => ({ hooks: { startContainer: [{ path: '/bin/true' }] } }));
  assert.match(wharfRuntime(['run', name('inside')]).stderr, /startContainer hooks are not supported/);
});
