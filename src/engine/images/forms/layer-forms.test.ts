import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type DiffId, digestOf, nowNs } from '#base';
import { openMetadata } from '#store/metadata';
import { LayerForms } from './layer-forms.ts';

const layer = digestOf('tar') as DiffId;
const gzip = { mediaType: 'gzip', digest: digestOf('gzip'), size: 10 };
const zstd = { mediaType: 'zstd', digest: digestOf('zstd'), size: 9 };
const hub = { domain: 'docker.io', repository: 'library/alpine' };
const mine = { domain: 'localhost:5000', repository: 'mine' };

function openForms(): LayerForms {
  return new LayerForms(openMetadata(':memory:'));
}

test('LayerForms knows the forms of a layer, kept ones first, each once', () => {
  const forms = openForms();
  forms.record(layer, gzip);
  forms.record(layer, gzip);
  forms.keep(layer, zstd);
  assert.deepEqual(forms.of(layer), [
    { diffId: layer, descriptor: zstd, kept: true },
    { diffId: layer, descriptor: gzip, kept: false },
  ]);
  assert.deepEqual(forms.keptBlobs(), [zstd.digest]);
  assert.deepEqual(forms.of(digestOf('other') as DiffId), []);
});

test('LayerForms tells origins, last seen first, until they are taken back', () => {
  const forms = openForms();
  forms.record(layer, gzip);
  for (const origin of [hub, mine, hub]) forms.noteOrigin(layer, gzip.digest, origin);
  assert.deepEqual(forms.origins(gzip.digest), [hub, mine]);
  forms.forgetOrigin(gzip.digest, hub);
  assert.deepEqual(forms.origins(gzip.digest), [mine]);
});

test('LayerForms knows what registries have of a layer that is gone, and forgets what was kept of it', () => {
  const forms = openForms();
  forms.record(layer, gzip);
  forms.noteOrigin(layer, gzip.digest, hub);
  forms.keep(layer, zstd);
  forms.release([layer]);
  assert.deepEqual(forms.of(layer), [{ diffId: layer, descriptor: gzip, kept: false }]);
  assert.deepEqual(forms.origins(gzip.digest), [hub]);
  assert.deepEqual(forms.keptBlobs(), []);
  forms.forgetOrigin(gzip.digest, hub);
  forms.release([layer]);
  assert.deepEqual(forms.of(layer), []);
});

test('LayerForms forgets after a month what belongs to layers that are gone', () => {
  const forms = openForms();
  const here = digestOf('here') as DiffId;
  forms.record(layer, gzip);
  forms.noteOrigin(layer, gzip.digest, hub);
  forms.keep(here, zstd);
  const isHere = (diffId: DiffId) => diffId === here;
  const day = 24n * 60n * 60n * 1_000_000_000n;
  forms.forgetOld(isHere, nowNs() + 29n * day);
  assert.deepEqual(forms.origins(gzip.digest), [hub]);
  forms.forgetOld(isHere, nowNs() + 31n * day);
  assert.deepEqual([forms.of(layer), forms.origins(gzip.digest)], [[], []]);
  assert.deepEqual(forms.keptBlobs(), [zstd.digest]);
});

test('LayerForms believes in no form that was not seen to be the layer’s', () => {
  const forms = openForms();
  forms.record(layer, gzip);
  forms.noteOrigin(layer, zstd.digest, hub);
  forms.noteOrigin(digestOf('other') as DiffId, gzip.digest, mine);
  assert.deepEqual([forms.origins(zstd.digest), forms.origins(gzip.digest)], [[], []]);
});
