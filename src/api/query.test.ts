import assert from 'node:assert/strict';
import { test } from 'node:test';
import { restartPolicy } from './host-config.ts';
import {
  decodeBody,
  decodeFilters,
  decodeRegistryAuth,
  decodeRequiredBody,
  encodeFilters,
  encodeRegistryAuth,
  parseApiVersion,
  parseMoment,
  parseOldestApiVersion,
  readFlag,
  readInteger,
  requireUnsigned,
} from './index.ts';

const query = (text: string) => new URLSearchParams(text);

test('readFlag() knows the words for false, and takes all else for true', () => {
  for (const word of ['', '0', 'no', 'false', 'none', 'FALSE', ' No ', 'None']) {
    assert.equal(readFlag(query(`a=${encodeURIComponent(word)}`), 'a', true), false, word);
  }
  for (const word of ['1', 'true', 'True', 'yes', 'x', '2'])
    assert.equal(readFlag(query(`a=${word}`), 'a'), true);
  assert.equal(readFlag(query(''), 'a'), false);
  assert.equal(readFlag(query(''), 'a', true), true);
});

test('readInteger() refuses what is no whole number', () => {
  assert.equal(readInteger(query('t=-1'), 't'), -1);
  assert.equal(readInteger(query('t='), 't'), undefined);
  assert.throws(() => readInteger(query('t=1.5'), 't'), /parsing "1\.5": invalid syntax/);
  assert.throws(
    () => requireUnsigned(query(''), 'h', 'resize height'),
    /^EngineError: invalid resize height "": invalid syntax/,
  );
  assert.throws(() => requireUnsigned(query('h=-1'), 'h', 'height'), /value out of range/);
  assert.throws(() => requireUnsigned(query('h=4294967296'), 'h', 'height'), /value out of range/);
  assert.equal(requireUnsigned(query('h=4294967295'), 'h', 'height'), 4294967295);
});

test('decodeFilters() takes both forms', () => {
  assert.deepEqual(decodeFilters(query('filters={"label":["a=b","c"]}')), { label: ['a=b', 'c'] });
  assert.deepEqual(decodeFilters(query('filters={"label":{"a=b":true,"c":false}}')), { label: ['a=b'] });
  assert.deepEqual(decodeFilters(query('')), {});
  for (const bad of ['[]', 'x', '{"a":1}', '{"a":[1]}', 'null']) {
    assert.throws(() => decodeFilters(query(`filters=${bad}`)), /invalid filter/);
  }
  assert.equal(encodeFilters({ name: ['x'] }), '{"name":["x"]}');
  assert.equal(encodeFilters({}), undefined);
});

test('parseMoment() reads seconds with a fraction and RFC 3339', () => {
  assert.equal(parseMoment('1700000000.000000001'), 1_700_000_000_000_000_001n);
  assert.equal(parseMoment('5'), 5_000_000_000n);
  assert.equal(parseMoment('1970-01-01T00:00:01.5Z'), 1_500_000_000n);
  for (const nothing of ['', '0', null]) assert.equal(parseMoment(nothing), undefined);
  assert.throws(() => parseMoment('yesterday'), /invalid time/);
});

test('parseOldestApiVersion() stays within what this engine serves', () => {
  assert.deepEqual(parseOldestApiVersion('1.30'), { major: 1, minor: 30 });
  for (const text of ['1.10', 'x', '']) assert.throws(() => parseOldestApiVersion(text), /minimum supported/);
  assert.throws(() => parseOldestApiVersion('1.99'), /maximum supported API version is 1.51: 1.99/);
});

test('parseApiVersion() refuses what is not served', () => {
  assert.deepEqual(parseApiVersion('1.24'), { major: 1, minor: 24 });
  assert.throws(() => parseApiVersion('1.23'), /too old/);
  assert.throws(() => parseApiVersion('1.52'), /too new/);
  assert.throws(() => parseApiVersion('2.0'), /too new/);
  assert.throws(() => parseApiVersion('1.43', { major: 1, minor: 44 }), /API version is 1.44, please/);
});

test('decodeRegistryAuth() reads padded and bare base64url, and takes nonsense for nothing', () => {
  const auth = { username: 'ä', password: 'p?>' };
  const padded = encodeRegistryAuth(auth);
  assert.deepEqual(decodeRegistryAuth(padded), auth);
  assert.deepEqual(decodeRegistryAuth(padded.replaceAll('=', '')), auth);
  for (const nonsense of [undefined, '', '!!', Buffer.from('{}').toString('base64')]) {
    assert.equal(decodeRegistryAuth(nonsense), undefined);
  }
});

test('decodeBody() takes one JSON document of the right type, or nothing', () => {
  const bytes = (text: string) => Buffer.from(text);
  const json = 'application/json; charset=utf-8';
  assert.deepEqual(decodeBody(restartPolicy, undefined, bytes('')), { Name: '', MaximumRetryCount: 0 });
  assert.equal(decodeBody(restartPolicy, json, bytes('{"name":"always"}\n')).Name, 'always');
  assert.throws(() => decodeBody(restartPolicy, json, bytes('{} {}')), /^EngineError: invalid JSON: /);
  assert.throws(() => decodeBody(restartPolicy, json, bytes('{"Name":1}')), /Go struct field RestartPolicy/);
  assert.throws(() => decodeBody(restartPolicy, 'text/plain', bytes('{}')), /unsupported Content-Type/);
  assert.throws(() => decodeRequiredBody(restartPolicy, json, bytes('')), /got EOF/);
});
