import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KeyedLock, silentLog } from '#base';
import { type Metadata, openMetadata } from '#store/metadata';
import type { ExitStatus, Task } from '#task';
import type { ContainerContext } from '../context.ts';
import { Live } from '../live.ts';
import { Records } from '../records.ts';
import { neverRan } from '../state.ts';
import { StateWatch } from '../state-watch.ts';
import { recordOf } from '../testing/records.ts';
import { watchExit } from './exit.ts';

const status: ExitStatus = { code: 7, signal: 0, timeNs: 20n };

test('watchExit() stores an exit as soon as there is room for it', async () => {
  const metadata = openMetadata(':memory:');
  let refusals = 0;
  let isFull = false;
  const tight: Metadata = {
    ...metadata,
    run(sql, ...values) {
      if (isFull) {
        isFull = ++refusals < 2;
        throw new Error('database or disk is full');
      }
      metadata.run(sql, ...values);
    },
  };
  const records = new Records(tight);
  const record = recordOf({ HostConfig: { CgroupParent: '/boats' } });
  records.insert({ ...record, state: { status: 'running', pid: 1, run: neverRan } });
  const watch = new StateWatch();
  const closing = new AbortController();
  const context: Partial<ContainerContext> = {
    records,
    watch,
    lock: new KeyedLock(),
    live: new Live(),
    log: silentLog,
    cgroups: { version: 2, hierarchies: [] },
    closing: closing.signal,
  };
  isFull = true;
  const ended = watch.until(record.id, () => true, AbortSignal.timeout(20_000));
  watchExit(context as ContainerContext, record.id, { exited: Promise.resolve(status) } as Task);
  await ended;
  closing.abort();
  assert.equal(refusals, 2);
  const { state } = records.find(record.id);
  assert.deepEqual([state.status, state.run.exitCode], ['exited', 7]);
});
