import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { resolverSocketName } from '#resolver';
import { repository } from '../testing/programs.ts';

async function startResolver(directory: string): Promise<ChildProcess> {
  const args = [`--directory=${directory}`, '--resolv-conf=/etc/resolv.conf'];
  const resolver = spawn(`${repository}bin/wharf-resolver`, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  if (resolver.stdout !== null) await once(resolver.stdout, 'data');
  return resolver;
}

test('a resolver that its daemon has left alone ends, and leaves the next one its socket', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'wharf-test-resolver-'));
  const path = join(directory, resolverSocketName);
  const resolvers: ChildProcess[] = [];
  try {
    const abandoned = await startResolver(directory);
    resolvers.push(abandoned);
    const gone = once(abandoned, 'exit');
    const next = await startResolver(directory);
    resolvers.push(next);
    const daemon = connect(path);
    await once(daemon, 'connect');
    await gone;
    assert.ok(existsSync(path));
    const nextGone = once(next, 'exit');
    daemon.destroy();
    await nextGone;
    assert.ok(!existsSync(path));
  } finally {
    for (const resolver of resolvers) resolver.kill('SIGKILL');
    rmSync(directory, { recursive: true });
  }
});
