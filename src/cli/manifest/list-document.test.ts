import assert from 'node:assert/strict';
import { test } from 'node:test';
import { digestOf } from '#base';
import { parseReference } from '#oci';
import { encodeList, encodePlatform } from './list-document.ts';
import type { NamedManifest } from './types.ts';

const digest = digestOf(Buffer.from('manifest'));
const manifest = (name: string, mediaType: string): NamedManifest => ({
  Ref: name,
  Descriptor: {
    mediaType,
    digest,
    size: 8,
    platform: encodePlatform({ os: 'linux', architecture: 'arm64' }),
  },
});
const docker = 'application/vnd.docker.distribution.manifest.v2+json';
const oci = 'application/vnd.oci.image.manifest.v1+json';

test('encodeList() makes the bytes that the stock client pushes', () => {
  const list = parseReference('reg.test/fleet:1');
  const { mediaType, content } = encodeList(list, [manifest('reg.test/a:1', docker)]);
  assert.equal(mediaType, 'application/vnd.docker.distribution.manifest.list.v2+json');
  assert.equal(
    content,
    `{
   "schemaVersion": 2,
   "mediaType": "${mediaType}",
   "manifests": [
      {
         "mediaType": "${docker}",
         "size": 8,
         "digest": "${digest}",
         "platform": {
            "architecture": "arm64",
            "os": "linux"
         }
      }
   ]
}`,
  );
});

test('encodeList() makes an OCI index of what begins with an OCI manifest', () => {
  const list = parseReference('reg.test/fleet:1');
  const manifests = [manifest('reg.test/a:1', oci), manifest('reg.test/b:1', docker)];
  assert.equal(encodeList(list, manifests).mediaType, 'application/vnd.oci.image.index.v1+json');
});

test('encodeList() takes no manifest of another registry', () => {
  assert.throws(() => encodeList(parseReference('reg.test/fleet:1'), [manifest('a:1', docker)]), {
    message:
      'cannot use source images from a different registry than the target image: docker.io != reg.test',
  });
});

test('encodePlatform() leaves out what is not said', () => {
  assert.deepEqual(encodePlatform(), { architecture: '', os: '' });
  const whole = { architecture: 'arm', os: 'linux', 'os.version': '1', 'os.features': ['a'], variant: 'v7' };
  assert.equal(JSON.stringify(encodePlatform(whole)), JSON.stringify(whole));
});
