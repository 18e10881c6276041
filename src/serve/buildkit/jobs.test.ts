import assert from 'node:assert/strict';
import { test } from 'node:test';
import { digestOf, EngineError } from '#base';
import type { BuildEvent, BuiltImage } from '#engine/builder';
import { Jobs } from './jobs.ts';
import { solveRequest } from './messages/control.ts';
import { encodeEvents } from './status.ts';
import { WaitingMap } from './waiting-map.ts';

const request = (Ref: string) => solveRequest.decode(solveRequest.encode({ Ref }));
const never = new AbortController().signal;

function image(onEnd: () => void): BuiltImage {
  const unused = () => {
    throw new Error('not used');
  };
  const config = { os: 'linux', architecture: 'amd64', config: {}, history: [] };
  return {
    config: { ...config, rootfs: { type: 'layers', diff_ids: [] } },
    files: unused,
    openRoot: unused,
    async [Symbol.asyncDispose]() {
      onEnd();
    },
  };
}

test('a job is waited for, under one name once, until it ends', async () => {
  const jobs = new Jobs();
  const waiting = jobs.when('a', never);
  const other = jobs.begin(request('b'), never);
  const job = jobs.begin(request('a'), never);
  assert.equal(await waiting, job);
  assert.throws(() => jobs.begin(request('a'), never), /job ID a exists/);
  await jobs.end(other);
  assert.equal(jobs.get('a'), job);
  await jobs.end(job);
  assert.throws(() => jobs.get('a'), /no such job a/);
  await assert.rejects(jobs.when('a', AbortSignal.abort(new EngineError('timeout', 'gone'))), /gone/);
});

test('results end with their job, also those that come too late', async () => {
  const jobs = new Jobs();
  const job = jobs.begin(request('a'), never);
  let ended = 0;
  const id = await job.addResult(image(() => ended++));
  assert.equal(job.result(id).config.os, 'linux');
  await jobs.end(job);
  await assert.rejects(job.addResult(image(() => ended++)), /the build has ended/);
  assert.equal(ended, 2);
});

test('of what a step prints only so much is kept', async () => {
  const jobs = new Jobs();
  const job = jobs.begin(request('a'), never);
  const vertex = digestOf('v');
  const output = (bytes: Uint8Array): BuildEvent => ({ kind: 'output', vertex, stream: 'stdout', bytes });
  for (let round = 0; round < 100; round++) job.tell(output(Buffer.alloc(100_000)));
  await jobs.end(job);
  let kept = '';
  for await (const events of job.events()) {
    for (const { msg } of encodeEvents(events).logs ?? []) kept += Buffer.from(msg);
  }
  assert.equal(kept.length, (2 << 20) + '\n[output clipped, log limit 2MiB reached]\n'.length);
  assert.match(kept, /\[output clipped, log limit 2MiB reached\]\n$/);
});

test('WaitingMap gives up after its patience, and never loses a later value of one key', async () => {
  const map = new WaitingMap<number>();
  assert.equal(await map.when('a', 1, never), undefined);
  map.set('a', 1);
  map.set('a', 2);
  map.delete('a', 1);
  assert.equal(await map.when('a', 1000, never), 2);
});
