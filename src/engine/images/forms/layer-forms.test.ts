import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type DiffId, digestOf } from '#base';
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

test('LayerForms forgets what belongs to layers that are gone', () => {
  const forms = openForms();
  const here = digestOf('here') as DiffId;
  forms.record(layer, gzip);
  forms.noteOrigin(layer, gzip.digest, hub);
  forms.keep(here, zstd);
  forms.forgetGone((diffId) => diffId === here);
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
