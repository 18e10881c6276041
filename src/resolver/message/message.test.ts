import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeQuery, readResponse } from '../testing/make-query.ts';
import { Framing, frame } from './framing.ts';
import { encodeName, readName, skipName } from './name.ts';
import { type BadQuery, decodeQuery, isBad, type Query } from './query.ts';
import { encodeRefusal, encodeResponse, limitResponse } from './response.ts';

function decoded(message: Uint8Array): Query {
  const query = decodeQuery(message);
  assert.ok(query !== undefined && !isBad(query));
  return query;
}

function problemOf(message: Uint8Array): number | undefined {
  const query: Query | BadQuery | undefined = decodeQuery(message);
  return query !== undefined && isBad(query) ? query.problem : undefined;
}

test('decodeQuery() reads a question, its name in lower case', () => {
  const query = decoded(makeQuery('Db.Example', { type: 28, id: 513 }));
  assert.deepEqual(
    { id: query.id, name: query.name, type: query.type, class: query.class },
    { id: 513, name: 'db.example', type: 28, class: 1 },
  );
  assert.equal(query.udpBytes, 512);
  assert.equal(query.isExtended, false);
});

test('decodeQuery() takes the size that EDNS tells, but no less than everybody takes', () => {
  assert.equal(decoded(makeQuery('a', { udpBytes: 4096 })).udpBytes, 4096);
  assert.equal(decoded(makeQuery('a', { udpBytes: 10 })).udpBytes, 512);
});

test('decodeQuery() is silent about responses and scraps, and names the problem of all else', () => {
  const query = makeQuery('a');
  assert.equal(decodeQuery(query.subarray(0, 11)), undefined);
  const response = Buffer.from(query);
  response[2] = 0x81;
  assert.equal(decodeQuery(response), undefined);
  const update = Buffer.from(query);
  update[2] = 5 << 3;
  assert.equal(problemOf(update), 4);
  const twoQuestions = Buffer.from(query);
  twoQuestions[5] = 2;
  assert.equal(problemOf(twoQuestions), 1);
  assert.equal(problemOf(query.subarray(0, query.length - 1)), 1);
  assert.equal(problemOf(makeQuery('a', { udpBytes: 512 }).subarray(0, -1)), 1);
});

test('readName() follows no pointer, and a dot inside a label separates nothing', () => {
  assert.equal(readName(Uint8Array.of(0xc0, 0), 0), undefined);
  assert.equal(readName(Uint8Array.of(1, 46, 0), 0)?.name, '\\.');
  assert.equal(readName(Uint8Array.of(3, 97), 0), undefined);
  assert.deepEqual(readName(Uint8Array.of(0), 0), { name: '', end: 1 });
  assert.equal(skipName(Uint8Array.of(1, 97, 0xc0, 12), 0), 4);
});

test('encodeName() cuts what is too long for a name', () => {
  assert.deepEqual([...encodeName('a.bc')], [1, 97, 2, 98, 99, 0]);
  assert.equal(encodeName('x'.repeat(80)).length, 65);
  assert.ok(encodeName(Array.from({ length: 99 }, () => 'label').join('.')).length <= 255);
});

test('encodeResponse() repeats the question and lists the records', () => {
  const message = makeQuery('Db', { udpBytes: 1232 });
  const data = Uint8Array.of(10, 0, 0, 1);
  const response = encodeResponse(decoded(message), 0, [{ type: 1, data }], 512);
  assert.deepEqual(Buffer.from(response).subarray(12, 20), message.subarray(12, 20));
  const read = readResponse(response, message);
  assert.deepEqual([read.id, read.code, read.truncated, read.counts], [7, 0, false, [1, 1, 0, 1]]);
  assert.deepEqual([...(read.records[0]?.data ?? [])], [10, 0, 0, 1]);
});

test('encodeResponse() leaves out what does not fit, and says so', () => {
  const message = makeQuery('many');
  const records = Array.from({ length: 500 }, (_, place) => ({
    type: 1,
    data: Uint8Array.of(10, 0, 1, place),
  }));
  const response = encodeResponse(decoded(message), 0, records, 512);
  assert.ok(response.length <= 512 && response.length > 490);
  const read = readResponse(response, message);
  assert.equal(read.truncated, true);
  assert.equal(read.records.length, read.counts[1]);
  assert.equal(
    readResponse(encodeResponse(decoded(message), 0, records, 65_535), message).records.length,
    500,
  );
});

test('limitResponse() lets a response through that fits, and shortens one that does not', () => {
  const message = makeQuery('big');
  const query = decoded(message);
  const fitting = encodeResponse(query, 3, [], 512);
  assert.equal(limitResponse(query, fitting, 512), fitting);
  const long = encodeResponse(query, 0, [{ type: 16, data: new Uint8Array(900) }], 65_535);
  const read = readResponse(limitResponse(query, long, 512), message);
  assert.deepEqual([read.truncated, read.counts], [true, [1, 0, 0, 0]]);
});

test('encodeRefusal() is a header with the problem', () => {
  assert.deepEqual(
    [...encodeRefusal({ id: 1, flags: 0x0100, problem: 1 })],
    [0, 1, 0x81, 0x81, ...Array(8).fill(0)],
  );
});

test('Framing takes messages out of any pieces', () => {
  const bytes = Buffer.concat([
    frame(Buffer.from('one')),
    frame(Buffer.from('')),
    frame(Buffer.from('three')),
  ]);
  for (const size of [1, 2, 4, bytes.length]) {
    const framing = new Framing();
    const taken: string[] = [];
    for (let at = 0; at < bytes.length; at += size) {
      for (const message of framing.take(bytes.subarray(at, at + size)))
        taken.push(String(Buffer.from(message)));
    }
    assert.deepEqual(taken, ['one', '', 'three']);
  }
});
