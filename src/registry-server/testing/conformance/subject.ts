import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';

/** A registry that the rules are tried on. */
export interface Subject {
  /** Sends a request to a path, or to a URL of the registry, and follows no redirect. */
  ask(method: string, path: string, init?: AskInit): Promise<Response>;
}

export interface AskInit {
  readonly body?: string | Uint8Array;
  readonly headers?: Record<string, string>;
}

export const algorithms = ['sha256', 'sha512'] as const;
export type Algorithm = (typeof algorithms)[number];

/** Bytes and the digest that they have by one algorithm. */
export interface Content {
  readonly bytes: Buffer;
  readonly digest: string;
}

export function contentOf(bytes: string | Uint8Array, algorithm: Algorithm = 'sha256'): Content {
  const content = Buffer.from(bytes);
  return { bytes: content, digest: `${algorithm}:${createHash(algorithm).update(content).digest('hex')}` };
}

/** A blob that nobody has pushed before. */
export function freshBlob(algorithm?: Algorithm, length = 512): Content {
  return contentOf(randomBytes(length), algorithm);
}

/** Where an answer sends the client: relative to the registry, or absolute. */
export function locationOf(response: Response): string {
  const location = response.headers.get('location');
  assert.ok(location, 'the answer has no Location');
  return location;
}

/** The path with a parameter more. */
export function withQuery(path: string, name: string, value: string): string {
  return `${path}${path.includes('?') ? '&' : '?'}${name}=${encodeURIComponent(value)}`;
}

/** Begins an upload (end-4a) and tells where it goes on. */
export async function beginUpload(subject: Subject, repository: string): Promise<string> {
  const response = await subject.ask('POST', `/v2/${repository}/blobs/uploads/`);
  assert.equal(response.status, 202);
  return locationOf(response);
}

/** Uploads a blob by end-4a and end-6. */
export async function pushBlob(subject: Subject, repository: string, blob: Content): Promise<void> {
  const place = withQuery(await beginUpload(subject, repository), 'digest', blob.digest);
  await expectCreated(subject, await subject.ask('PUT', place, { body: blob.bytes }), blob);
}

/** The blob is stored now, and the answer says where. */
export async function expectCreated(subject: Subject, response: Response, blob: Content): Promise<void> {
  assert.equal(response.status, 201, await response.text());
  assert.equal(response.headers.get('docker-content-digest'), blob.digest);
  const stored = await subject.ask('GET', locationOf(response));
  assert.equal(stored.status, 200);
  assert.ok(Buffer.from(await stored.arrayBuffer()).equals(blob.bytes));
}

/** The errors of an answer, in the form that the specification gives them. */
export async function errorCodes(response: Response): Promise<string[]> {
  const { errors } = JSON.parse(await response.text());
  assert.ok(Array.isArray(errors) && errors.length > 0);
  return errors.map((error: { code: unknown }) => String(error.code));
}
