import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseLocalOptions } from './local-options.ts';
import { type ResolveHost, resolveSource } from './network-source.ts';

test('parseLocalOptions() reads what is to be mounted, and the size', () => {
  assert.deepEqual(parseLocalOptions({}), { sizeBytes: 0 });
  assert.deepEqual(parseLocalOptions({ size: '10m' }), { sizeBytes: 10 * 2 ** 20 });
  assert.deepEqual(parseLocalOptions({ type: 'tmpfs', device: 'tmpfs', o: 'size=1m' }), {
    source: { type: 'tmpfs', device: 'tmpfs', options: 'size=1m' },
    sizeBytes: 0,
  });
});

test("parseLocalOptions() refuses what makes no sense, in Docker's words", () => {
  const cases: readonly [Record<string, string>, string][] = [
    [{ color: 'red' }, 'invalid option: "color"'],
    [{ type: 'tmpfs' }, 'missing required option: "device"'],
    [{ device: 'x' }, 'missing required option: "type"'],
    [{ o: 'x' }, 'missing required option: "device"'],
    [{ o: 'x', device: 'x' }, 'missing required option: "type"'],
    [{ size: 'zz' }, "invalid size: 'zz'"],
    [{ type: 'cifs', device: '//h:1/x' }, "port not allowed in CIFS device URL, include 'port' in 'o='"],
    [{ type: 'cifs', device: ':::' }, 'error parsing mount device url: parse ":::": missing protocol scheme'],
    [
      { type: 'tmpfs', device: 'tmpfs', size: '1m' },
      'the option "size" is for volumes without a device; a tmpfs takes it in "o"',
    ],
  ];
  for (const [options, message] of cases) {
    assert.throws(() => parseLocalOptions(options), { kind: 'invalid', message });
  }
});

const resolve: ResolveHost = async (name) => {
  if (name === 'nas') return '10.0.0.7';
  throw new Error(`getaddrinfo ENOTFOUND ${name}`);
};

test('resolveSource() gives the kernel addresses for the names of servers', async () => {
  const resolved = async (type: string, device: string, options: string) => {
    const source = await resolveSource({ type, device, options }, resolve);
    return [source.device, source.options];
  };
  assert.deepEqual(await resolved('nfs', ':/x', 'addr=nas,rw'), [':/x', 'addr=10.0.0.7,rw']);
  assert.deepEqual(await resolved('nfs', ':/x', 'rw,addr=10.1.1.1'), [':/x', 'rw,addr=10.1.1.1']);
  assert.deepEqual(await resolved('nfs', 'nas:/x', 'rw'), ['nas:/x', 'rw']);
  assert.deepEqual(await resolved('cifs', '//nas/x', 'ro'), ['//10.0.0.7/x', 'ro']);
  assert.deepEqual(await resolved('cifs', '//nas/x', 'addr=nas,ro'), ['//nas/x', 'addr=10.0.0.7,ro']);
  assert.deepEqual(await resolved('cifs', '//10.1.1.1/nas', ''), ['//10.1.1.1/nas', '']);
  assert.deepEqual(await resolved('tmpfs', 'nas', 'addr=nas'), ['nas', 'addr=nas']);
});

test('resolveSource() tells which name is not known', async () => {
  await assert.rejects(resolveSource({ type: 'nfs', device: ':/x', options: 'addr=nobody' }, resolve), {
    message: 'error resolving passed in network volume address: lookup nobody: no such host',
  });
});
