import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type DiffId, digestOf, EngineError, type Filter } from '#base';
import { imageOf, recordOf } from '../testing/records.ts';
import type { ContainerRecord } from '../types.ts';
import { compileFilter } from './filter.ts';

const argo: ContainerRecord = {
  ...recordOf({
    Labels: { tier: 'web' },
    ExposedPorts: { '80/tcp': {} },
    HostConfig: { Binds: ['hold:/cargo'], PortBindings: { '90/udp': [{ HostPort: '9' }] } },
  }),
  createdNs: 5n,
};
const run = { startedNs: 1n, finishedNs: 2n, exitCode: 3, oomKilled: false, error: '' };
const stopped: ContainerRecord = { ...argo, state: { status: 'exited', run } };

const passes = (filter: Filter, record = argo) =>
  compileFilter(filter, {
    image: (ref) => (ref === 'boat' ? imageOf() : undefined),
    container(ref) {
      if (ref === 'older') return { ...argo, createdNs: 1n };
      throw new EngineError('notFound', `No such container: ${ref}`);
    },
  })(record);

test('compileFilter() finds by id, name, label, volume and network', () => {
  assert.equal(passes({ id: ['c0ff'] }), true);
  assert.equal(passes({ name: ['^/ar.o$'] }), true);
  assert.equal(passes({ name: ['rg'] }), true);
  assert.equal(passes({ name: ['^rg'] }), false);
  assert.equal(passes({ label: ['tier=web'], volume: ['hold'] }), true);
  assert.equal(passes({ volume: ['/cargo'] }), true);
  assert.equal(passes({ network: ['bridge'] }), true);
  assert.equal(passes({ network: ['other'] }), false);
});

test('compileFilter() finds by state and exit code', () => {
  assert.equal(passes({ status: ['exited', 'dead'] }, stopped), true);
  assert.equal(passes({ status: ['created'] }), true);
  assert.equal(passes({ exited: ['3'] }, stopped), true);
  assert.equal(passes({ exited: ['0'] }, stopped), false);
  assert.equal(passes({ exited: ['0'] }), false);
});

test('compileFilter() finds by image, also by one that it was built on', () => {
  assert.equal(passes({ ancestor: ['boat'] }), true);
  assert.equal(passes({ ancestor: ['ship'] }), false);
  const layers = [...argo.image.layers, digestOf('upper') as DiffId];
  const built: ContainerRecord = { ...argo, image: { ...argo.image, id: digestOf('built'), layers } };
  assert.equal(passes({ ancestor: ['boat'] }, built), true);
});

test('compileFilter() finds by age and by ports', () => {
  assert.equal(passes({ since: ['older'] }), true);
  assert.equal(passes({ before: ['older'] }), false);
  assert.equal(passes({ expose: ['80'] }), true);
  assert.equal(passes({ expose: ['70-79/tcp'] }), false);
  assert.equal(passes({ publish: ['90/udp'] }), false);
});

test('compileFilter() refuses unknown keys and bad values', () => {
  assert.throws(() => passes({ colour: ['red'] }), /invalid filter 'colour'/);
  assert.throws(() => passes({ status: ['sunk'] }), /invalid filter 'status=sunk'/);
  assert.throws(() => passes({ exited: ['x'] }), /invalid filter 'exited=x'/);
  assert.equal(passes({ name: ['['] }), false);
  assert.throws(() => passes({ since: ['ghost'] }), /No such container: ghost/);
});
