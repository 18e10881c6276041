import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { sha256 } from '../fixtures/image.ts';
import type { OwnRegistry } from './registry-server.ts';

const manifestType = 'application/vnd.oci.image.manifest.v1+json';

/** Uploads a blob in one request. @returns its digest */
export async function pushBlob(registry: OwnRegistry, repository: string, bytes: Buffer): Promise<string> {
  const digest = sha256(bytes);
  const path = `/v2/${repository}/blobs/uploads/?digest=${digest}`;
  const response = await registry.ask('POST', path, { body: new Uint8Array(bytes) });
  if (response.status !== 201) throw new Error(`${response.status} ${await response.text()}`);
  return digest;
}

/** Uploads an image of one layer as `latest`. @returns its digest */
export async function pushImage(registry: OwnRegistry, repository: string, layer: Buffer): Promise<string> {
  const config = Buffer.from('{}');
  const body = JSON.stringify({
    schemaVersion: 2,
    mediaType: manifestType,
    config: { mediaType: 'a/b', digest: await pushBlob(registry, repository, config), size: config.length },
    layers: [{ mediaType: 'c/d', digest: await pushBlob(registry, repository, layer), size: layer.length }],
  });
  const headers = { 'Content-Type': manifestType };
  const response = await registry.ask('PUT', `/v2/${repository}/manifests/latest`, { body, headers });
  if (response.status !== 201) throw new Error(`${response.status} ${await response.text()}`);
  return sha256(Buffer.from(body));
}

/** Pulls an image with all that it is made of, which must have the digests it is asked for by. */
export async function pullImage(registry: OwnRegistry, repository: string): Promise<void> {
  const response = await registry.ask('GET', `/v2/${repository}/manifests/latest`);
  assert.equal(response.status, 200);
  const { config, layers } = JSON.parse(await response.text());
  for (const { digest, size } of [config, ...layers]) {
    const answer = await registry.ask('GET', `/v2/${repository}/blobs/${digest}`);
    const blob = Buffer.from(await answer.arrayBuffer());
    assert.equal(blob.length, size);
    assert.equal(sha256(blob), digest);
  }
}

/** Every image can be pulled, and every stored file has the digest of its name. @returns the repositories */
export async function checkWhole(registry: OwnRegistry): Promise<readonly string[]> {
  const { repositories } = JSON.parse(await (await registry.ask('GET', '/v2/_catalog')).text());
  for (const repository of repositories) {
    const listed = await registry.ask('GET', `/v2/${repository}/tags/list`);
    if (JSON.parse(await listed.text()).tags.length > 0) await pullImage(registry, repository);
  }
  for (const file of await readdir(`${registry.dataRoot}/blobs`)) {
    // It may be collected meanwhile.
    const bytes = await readFile(`${registry.dataRoot}/blobs/${file}`).catch(() => undefined);
    if (bytes !== undefined) assert.equal(sha256(bytes), `sha256:${file}`);
  }
  return repositories;
}
