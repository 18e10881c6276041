import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  archives,
  at,
  checkIdle,
  metadata,
  renamed,
  starting,
  useArchives,
  volumes,
} from './testing/use-archives.ts';
import { WorkTable } from './work-table.ts';

useArchives();

test('reconcile() undoes what was being put together, and finishes what was complete', async () => {
  for (const phase of ['reading', 'filling', 'complete', 'cleared'] as const) {
    await volumes.create({ name: phase });
    const work = new WorkTable(metadata).begin(phase, phase);
    volumes.acquire(phase, work.user);
    writeFileSync(at(phase, 'old'), '');
    const stage = at(phase, `.wharf-${work.user}`);
    if (phase === 'reading') continue;
    for (const part of ['new', 'old']) mkdirSync(join(stage, part), { recursive: true });
    writeFileSync(join(stage, 'new', 'young'), '');
    if (phase === 'cleared') rmSync(at(phase, 'old'));
  }
  const work = new WorkTable(metadata).begin('made', 'filling', { isNew: true });
  await volumes.create({ name: 'made' });
  volumes.acquire('made', work.user);
  new WorkTable(metadata).begin('unborn', 'filling', { isNew: true });
  await archives.reconcile();
  const left = (await volumes.list()).volumes.map(({ name }) => [name, ...readdirSync(at(name))]);
  assert.deepEqual(left, [
    ['cleared', 'young'],
    ['complete', 'young'],
    ['filling', 'old'],
    ['reading', 'old'],
  ]);
  await checkIdle();
});

test('reconcile() brings the time of the top back, however far the old content has gone', async () => {
  const table = new WorkTable(metadata);
  for (const parts of [['new', 'old'], ['old'], []]) {
    const name = `left-${parts.length}`;
    await volumes.create({ name });
    const work = table.clear(table.complete(table.begin(name, 'filling'), 1_600_000_000_500_000_000n));
    volumes.acquire(name, work.user);
    for (const part of parts) mkdirSync(at(name, `.wharf-${work.user}`, part), { recursive: true });
  }
  await archives.reconcile();
  for (const name of ['left-2', 'left-1', 'left-0']) {
    assert.equal(statSync(at(name)).mtimeMs, 1_600_000_000_500, name);
  }
  await checkIdle();
});

test('import() that fails leaves the volume it has made to who uses it meanwhile', async () => {
  const broken = async function* () {
    volumes.acquire('cargo', 'c1');
    yield Buffer.from('no archive');
  };
  await assert.rejects(archives.import('cargo', broken(), { force: false }), /tar|archive|EOF/);
  assert.deepEqual((await volumes.inspect('cargo')).users, ['c1']);
  assert.deepEqual(readdirSync(at('cargo')), []);
  await checkIdle();
});

test('rename() takes the users along, and is finished by reconcile()', async () => {
  const { name } = await volumes.create({});
  volumes.acquire(name, 'c1');
  const { name: newName, anonymous, users } = await volumes.rename(name, 'kept');
  assert.deepEqual([newName, anonymous, users], ['kept', false, ['c1']]);
  assert.deepEqual(renamed, [`${name} kept ${at('kept')}`]);
  await volumes.create({ name: 'taken' });
  await assert.rejects(volumes.rename('kept', 'taken'), /rename kept: a volume taken exists already/);
  await assert.rejects(volumes.rename('kept', 'kept'), { kind: 'conflict' });
  await assert.rejects(volumes.rename('kept', 'a/b'), { kind: 'invalid' });
  await assert.rejects(volumes.rename('none', 'other'), { kind: 'notFound' });
  starting.add('c1');
  await assert.rejects(volumes.rename('kept', 'other'), { kind: 'conflict' });
  metadata.run("INSERT INTO volume_rename (name, new_name) VALUES ('kept', 'other')");
  await volumes.reconcile();
  assert.deepEqual((await volumes.inspect('other')).users, ['c1']);
});
