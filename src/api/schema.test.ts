import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  containerCreateBody,
  containerCreateRequest,
  decode,
  execCreateRequest,
  hostConfig,
} from './index.ts';
import { flag, integer, list, map, nullable, omittable, struct, text, words } from './schema.ts';

const boat = struct('Boat', {
  Name: text,
  Crew: list(struct('Sailor', { Name: text, Age: integer })),
  Argv: words,
  Labels: map(text),
  Sunk: flag,
  Limit: nullable(integer),
  Extra: omittable(text),
});
const empty = { Name: '', Crew: null, Argv: null, Labels: null, Sunk: false, Limit: null };

test('decode() gives zero values for what is missing or null', () => {
  assert.deepEqual(decode(boat, {}), empty);
  assert.deepEqual(decode(boat, null), empty);
  assert.deepEqual(
    decode(boat, { Name: null, Crew: null, Sunk: null, Extra: null, Labels: null, Limit: null }),
    empty,
  );
});

test('decode() takes keys in any case and ignores unknown ones', () => {
  const source = JSON.parse('{"nAmE":"Argo","SUNK":true,"Sails":3,"__proto__":{"Name":"x"},"extra":"e"}');
  assert.deepEqual(decode(boat, source), { ...empty, Name: 'Argo', Sunk: true, Extra: 'e' });
});

test('decode() tells an empty list from a missing one, and takes one word for a list', () => {
  assert.deepEqual(decode(boat, { Argv: [] }).Argv, []);
  assert.deepEqual(decode(boat, { Argv: '' }).Argv, ['']);
  assert.deepEqual(decode(boat, { Argv: 'row hard' }).Argv, ['row hard']);
});

test('decode() keeps a map key that is the name of the prototype', () => {
  const { Labels } = decode(boat, JSON.parse('{"Labels":{"__proto__":"a","b":null}}'));
  assert.deepEqual(Object.entries(Labels ?? {}), [
    ['__proto__', 'a'],
    ['b', ''],
  ]);
});

const mismatches: readonly (readonly [document: unknown, message: string])[] = [
  [[], 'json: cannot unmarshal array into Go value of type Boat'],
  [{ Name: 1 }, 'json: cannot unmarshal number into Go struct field Boat.Name of type string'],
  [{ Limit: 1e30 }, 'json: cannot unmarshal number 1e+30 into Go struct field Boat.Limit of type int64'],
  [{ Limit: 1.5 }, 'json: cannot unmarshal number 1.5 into Go struct field Boat.Limit of type int64'],
  [{ Sunk: 'no' }, 'json: cannot unmarshal string into Go struct field Boat.Sunk of type bool'],
  [{ Crew: {} }, 'json: cannot unmarshal object into Go struct field Boat.Crew of type []Sailor'],
  [{ Labels: [] }, 'json: cannot unmarshal array into Go struct field Boat.Labels of type map[string]string'],
  [
    { Crew: [{ Age: true }] },
    'json: cannot unmarshal bool into Go struct field Sailor.Crew.Age of type int64',
  ],
];
for (const [document, message] of mismatches) {
  test(`decode() refuses ${JSON.stringify(document)} in Go's words`, () => {
    assert.throws(() => decode(boat, document), { name: 'EngineError', kind: 'invalid', message });
  });
}

test('containerCreateRequest takes what the stock client always sends', () => {
  const request = decode(containerCreateRequest, {
    Image: 'busybox',
    Cmd: ['true'],
    Entrypoint: null,
    HostConfig: {
      MemorySwappiness: -1,
      OomKillDisable: false,
      PidsLimit: 0,
      NetworkMode: 'default',
      Dns: [],
      BlkioDeviceReadBps: [],
      ConsoleSize: [0, 0],
      LogConfig: { Type: '' },
      RestartPolicy: { Name: 'no' },
      PortBindings: { '80/tcp': [{ HostIp: '', HostPort: '' }] },
      MaskedPaths: null,
    },
    NetworkingConfig: { EndpointsConfig: { default: {} } },
  });
  assert.deepEqual(request.Cmd, ['true']);
  assert.equal(request.Entrypoint, null);
  assert.deepEqual(request.HostConfig.LogConfig, { Type: '', Config: null });
  assert.deepEqual(request.HostConfig.PortBindings, { '80/tcp': [{ HostIp: '', HostPort: '' }] });
  assert.equal(request.HostConfig.MaskedPaths, null);
  assert.equal(request.NetworkingConfig.EndpointsConfig?.default?.IPAMConfig, null);
});

test('containerCreateBody is null when nothing is said of the configuration', () => {
  for (const document of [null, {}, { HostConfig: { CapAdd: ['x'] } }, { Sail: 1 }]) {
    assert.equal(decode(containerCreateBody, document), null);
  }
  assert.equal(decode(containerCreateBody, { image: null })?.Image, '');
  assert.throws(() => decode(containerCreateBody, []), /cannot unmarshal array/);
});

test('hostConfig tells masked paths that are empty from the default set', () => {
  assert.deepEqual(decode(hostConfig, { MaskedPaths: [] }).MaskedPaths, []);
  assert.equal(decode(hostConfig, {}).MaskedPaths, null);
  assert.equal('Init' in decode(hostConfig, {}), false);
  assert.equal(decode(hostConfig, { Init: false }).Init, false);
});

test('hostConfig refuses numbers that their type does not hold', () => {
  const refuses = (document: object, text: RegExp) => assert.throws(() => decode(hostConfig, document), text);
  refuses({ BlkioWeight: 70_000 }, /cannot unmarshal number 70000 into .*BlkioWeight of type uint16/);
  refuses({ BlkioDeviceReadBps: [{ Rate: -5 }] }, /cannot unmarshal number -5 into .*Rate of type uint64/);
  refuses({ ConsoleSize: [-1, 2] }, /cannot unmarshal number -1 into .*ConsoleSize of type uint/);
  refuses({ BlkioWeight: '5' }, /cannot unmarshal string into .*BlkioWeight of type uint16/);
});

test('execCreateRequest takes a command as one word', () => {
  assert.deepEqual(decode(execCreateRequest, { Cmd: 'ls' }).Cmd, ['ls']);
});
