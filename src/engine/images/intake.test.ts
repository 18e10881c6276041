import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Digest, digestOf } from '#base';
import { mediaTypes } from '#oci';
import { diffIdOf, encodeConfig, type Harbour, harbours, tagName } from './testing/harbour.ts';

const harbour = harbours();
const formBytes = Buffer.from('the layer, compressed');

/** Takes in an image whose manifest names a compressed form of its layer that is kept here. */
async function addWithForm({ content, forms, intake }: Harbour, name: string): Promise<Digest> {
  const config = encodeConfig({ created: name });
  const describe = (mediaType: string, bytes: Buffer) => ({
    mediaType,
    digest: digestOf(bytes),
    size: bytes.length,
  });
  const form = describe(`${mediaTypes.ociLayer}+gzip`, formBytes);
  const configDescriptor = describe(mediaTypes.ociConfig, config);
  const manifest = { mediaType: mediaTypes.ociManifest, config: configDescriptor, layers: [form] };
  const document = Buffer.from(JSON.stringify(manifest));
  await content.write(formBytes);
  forms.keep(diffIdOf('one'), form);
  const target = describe(mediaTypes.ociManifest, document);
  return intake.register({ config, documents: [document], target, names: [tagName(name)] });
}

test('a kept form goes with the last image whose manifest names it, though its layer stays', async () => {
  const port = harbour();
  const has = () => port.content.has(digestOf(formBytes));
  await port.add({ names: ['plain:1'] });
  await addWithForm(port, 'boat:1');
  await addWithForm(port, 'boat:2');
  await port.images.reconcile();
  assert.equal(has(), true);
  await port.images.remove('boat:1', { force: false });
  assert.equal(has(), true);
  await port.images.remove('boat:2', { force: false });
  assert.equal(has(), false);
  assert.deepEqual(port.forms.keptBlobs(), []);
  assert.equal(port.images.count(), 1);
});

test('reconcile() removes what an earlier daemon was about to remove', async () => {
  const port = harbour();
  const id = await addWithForm(port, 'boat:1');
  await port.add({ names: ['plain:1'] });
  const documents = port.records.remove(id);
  assert.equal(documents.length, 2);
  await port.content.write(Buffer.from('left behind'));
  await port.images.reconcile();
  assert.deepEqual(port.content.list().sort(), port.records.documents().sort());
});
