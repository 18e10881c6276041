import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { type Digest, digestOf, EngineError } from '#base';
import { mediaTypes, parseReference } from '#oci';
import { createRegistryClient } from '../client.ts';
import { type FakeRegistry, refuse, startFakeRegistry } from '../testing/fake-registry.ts';
import { PushTarget } from './push-target.ts';
import type { UploadSource } from './types.ts';

const signal = new AbortController().signal;
const bytes = createHash('sha512').update('x').digest().toString('hex').repeat(500);
const content = Buffer.from(bytes);
const digest = digestOf(content);
const patience = { attempts: 3, retryDelayMs: 1, onWait: () => {} };

async function target(registry: FakeRegistry): Promise<PushTarget> {
  const options = { mirrors: [], insecureRegistries: [], userAgent: 'test', retryDelayMs: 1 };
  const reference = parseReference(`${registry.address}/some/image:1`);
  const client = createRegistryClient(options);
  return new PushTarget(await client.open(reference, undefined, { access: 'pull,push' }, signal));
}

/** The content in pieces, and where it was read from. */
function source(blob?: { digest: Digest; size: number }): UploadSource & { readonly reads: number[] } {
  const reads: number[] = [];
  return {
    ...(blob && { blob }),
    reads,
    async *read(from) {
      reads.push(from);
      for (let at = from; at < content.length; at += 1000) yield content.subarray(at, at + 1000);
    },
  };
}

const known = () => source({ digest, size: content.length });
const uploads = ({ seen }: FakeRegistry) =>
  seen.filter(({ path }) => path.includes('/uploads/')).map(({ method }) => method);

function fails(kind: string, text: string | RegExp) {
  return (error: unknown) => {
    assert.ok(error instanceof EngineError, String(error));
    assert.equal(error.kind, kind);
    if (typeof text === 'string') assert.equal(error.message, text);
    else assert.match(error.message, text);
    return true;
  };
}

test('uploadBlob() puts what is known in one piece, and streams the rest', async () => {
  await using registry = await startFakeRegistry();
  const there = await target(registry);
  assert.deepEqual(await there.uploadBlob(known(), patience, signal), { digest, size: content.length });
  assert.deepEqual(uploads(registry), ['POST', 'PUT']);
  assert.deepEqual(await there.uploadBlob(source(), patience, signal), { digest, size: content.length });
  assert.deepEqual(uploads(registry).slice(2), ['POST', 'PATCH', 'PUT']);
  assert.deepEqual(Buffer.from(registry.content(digest) ?? []), content);
  assert.ok(await there.hasBlob(digest, signal));
});

for (const [name, make] of [
  ['known', known],
  ['unknown', source],
] as const) {
  test(`uploadBlob() goes on where it was cut, of ${name} length`, async () => {
    await using registry = await startFakeRegistry();
    registry.uploads.cutAfter(20_000, 9_000);
    const from = make();
    await (await target(registry)).uploadBlob(from, patience, signal);
    assert.deepEqual(from.reads, [0, 20_000, 29_000]);
    assert.deepEqual(Buffer.from(registry.content(digest) ?? []), content);
  });
}

for (const [name, make] of [
  ['known', known],
  ['unknown', source],
] as const) {
  test(`uploadBlob() sends pieces where a proxy takes no more, of ${name} length`, async () => {
    await using registry = await startFakeRegistry();
    const lengths: number[] = [];
    registry.misbehave((request, response) => {
      if (request.method !== 'PATCH' && request.method !== 'PUT') return false;
      const length = Number(request.headers['content-length'] ?? Number.POSITIVE_INFINITY);
      lengths.push(length);
      if (length <= 20_000) return false;
      request.resume();
      request.on('end', () => response.writeHead(413, { 'Content-Length': 0 }).end());
      return true;
    });
    await (await target(registry)).uploadBlob(make(), patience, signal);
    assert.deepEqual(lengths.slice(-5), [16_000, 16_000, 16_000, 16_000, 0]);
    assert.deepEqual(Buffer.from(registry.content(digest) ?? []), content);
  });
}

test('uploadBlob() does not send ever smaller pieces to one who takes none', async () => {
  await using registry = await startFakeRegistry();
  const there = await target(registry);
  registry.misbehave((request, response) => {
    if (request.method !== 'PATCH' && request.method !== 'PUT') return false;
    request.resume();
    request.on('end', () => response.writeHead(413, { 'Content-Length': 0 }).end());
    return true;
  });
  const patient = { ...patience, attempts: 20 };
  await assert.rejects(there.uploadBlob(known(), patient, signal), fails('invalid', /413/));
});

test('uploadBlob() begins anew when the registry has forgotten the upload', async () => {
  await using registry = await startFakeRegistry();
  registry.uploads.cutAfter(20_000);
  const from = source();
  const waits: number[] = [];
  const forgetful = {
    ...patience,
    onWait(waitMs: number) {
      waits.push(waitMs);
      registry.uploads.forget();
    },
  };
  await (await target(registry)).uploadBlob(from, forgetful, signal);
  assert.deepEqual([from.reads, waits], [[0, 0], [1]]);
});

test('uploadBlob() gives up on a registry that fails again and again, in its words', async () => {
  await using registry = await startFakeRegistry();
  const there = await target(registry);
  registry.misbehave((request, response) => {
    request.resume();
    response.writeHead(507, { 'Content-Length': 0 }).end();
    return true;
  });
  const text = 'received unexpected HTTP status: 507 Insufficient Storage';
  await assert.rejects(there.uploadBlob(known(), patience, signal), fails('unavailable', text));
});

test('uploadBlob() takes a refusal for final', async () => {
  await using registry = await startFakeRegistry();
  const there = await target(registry);
  registry.misbehave((_, response) => {
    refuse(response, 403, 'DENIED', 'requested access to the resource is denied');
    return true;
  });
  const told = fails('forbidden', 'denied: requested access to the resource is denied');
  await assert.rejects(there.uploadBlob(known(), patience, signal), told);
  assert.deepEqual(uploads(registry), ['POST']);
});

test("a refusal without a body, as HEAD has it, is told in Docker's words", async () => {
  await using registry = await startFakeRegistry();
  const there = await target(registry);
  for (const [status, kind, text] of [
    [401, 'unauthorized', 'unauthorized: authentication required'],
    [403, 'forbidden', 'denied: requested access to the resource is denied'],
  ] as const) {
    registry.misbehave((_, response) => {
      response.writeHead(status).end();
      return true;
    });
    await assert.rejects(there.uploadBlob(known(), patience, signal), fails(kind, text));
  }
});

test('uploadBlob() tells missing credentials, and wrong ones', async () => {
  await using registry = await startFakeRegistry();
  const there = await target(registry);
  registry.misbehave((_, response) => {
    response.setHeader('WWW-Authenticate', 'Basic realm="x"');
    refuse(response, 401, 'UNAUTHORIZED', 'authentication required');
    return true;
  });
  const told = fails('unauthorized', 'no basic auth credentials');
  await assert.rejects(there.uploadBlob(known(), patience, signal), told);
});

test('uploadBlob() does not believe a registry that stored something else', async () => {
  await using registry = await startFakeRegistry();
  const there = await target(registry);
  registry.misbehave((request, response) => {
    if (request.method !== 'PUT') return false;
    request.resume();
    response.writeHead(201, { 'Docker-Content-Digest': digestOf('other') }).end();
    return true;
  });
  await assert.rejects(
    there.uploadBlob(known(), patience, signal),
    fails('corrupt', /^registry stored digest/),
  );
});

test('uploadBlob() finds a source that has other bytes than it promised', async () => {
  await using registry = await startFakeRegistry();
  const wrong = source({ digest: digestOf('other'), size: content.length });
  const failed = (await target(registry)).uploadBlob(wrong, patience, signal);
  await assert.rejects(failed, fails('corrupt', new RegExp(`^content has digest ${digest}`)));
});

test('uploadBlob() throws what its source throws, without trying again', async () => {
  await using registry = await startFakeRegistry();
  let reads = 0;
  const broken: UploadSource = {
    async *read() {
      reads++;
      yield content.subarray(0, 1000);
      throw new EngineError('corrupt', 'bad disk');
    },
  };
  const failed = (await target(registry)).uploadBlob(broken, patience, signal);
  await assert.rejects(failed, fails('corrupt', 'bad disk'));
  assert.equal(reads, 1);
});

test('uploadBlob() ends when its caller leaves a registry that hangs', async () => {
  await using registry = await startFakeRegistry();
  const there = await target(registry);
  const leaving = new AbortController();
  registry.misbehave(() => {
    leaving.abort(new Error('left'));
    return true;
  });
  await assert.rejects(there.uploadBlob(known(), patience, leaving.signal), /left/);
});

test('mountBlob() takes over what another repository has, and gives up the upload it gets instead', async () => {
  await using registry = await startFakeRegistry();
  const there = await target(registry);
  assert.equal(await there.mountBlob(digest, 'lib/base', signal), false);
  registry.uploads.hold('lib/base', digest);
  assert.equal(await there.mountBlob(digest, 'lib/base', signal), true);
  assert.deepEqual(uploads(registry), ['POST', 'DELETE', 'POST']);
  assert.ok(await there.hasBlob(digest, signal));
});

test('putManifest() puts the very bytes, and tries again when the registry is in trouble', async () => {
  await using registry = await startFakeRegistry();
  const there = await target(registry);
  let failures = 2;
  registry.misbehave((request, response) => {
    if (failures-- <= 0) return false;
    request.resume();
    response.writeHead(500, { 'Content-Length': 0 }).end();
    return true;
  });
  const manifest = { mediaType: mediaTypes.ociManifest, content };
  assert.equal(await there.putManifest('1', manifest, patience, signal), digest);
  assert.deepEqual(Buffer.from(registry.content('1') ?? []), content);
  assert.ok(await there.hasManifest(digest, mediaTypes.ociManifest, signal));
});
