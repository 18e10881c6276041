import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeLog, logMode, scanLog } from './log-file.ts';

const { stdout, stderr, framed, joined, timed, local } = logMode;
const everything = {
  mode: stdout | stderr,
  prefix: new Uint8Array(0),
  sinceNs: -(1n << 63n),
  untilNs: (1n << 63n) - 1n,
};
const time = '2026-01-02T03:04:05.678Z';
const timeNs = BigInt(Date.parse(time)) * 1_000_000n;

function jsonEntry(log: string, stream = 'stdout', at = time): string {
  return `${JSON.stringify({ log, stream, time: at })}\n`;
}

function localEntry(text: Uint8Array, { stream = 'stdout', ns = timeNs, partial = false } = {}): Buffer {
  const varint = (value: bigint): number[] =>
    value < 128n ? [Number(value)] : [Number(value & 127n) | 128, ...varint(value >> 7n)];
  const body = Buffer.concat([
    Buffer.from([0x0a, 6]),
    Buffer.from(stream),
    Buffer.from([0x10, ...varint(ns), 0x1a, ...varint(BigInt(text.length))]),
    text,
    Buffer.from(partial ? [0x20, 1] : []),
  ]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length);
  return Buffer.concat([length, body, length]);
}

function decode(input: string | Uint8Array, selection: Partial<typeof everything> = {}, room = 1 << 20) {
  const bytes = typeof input === 'string' ? Buffer.from(input) : input;
  const output = Buffer.alloc(room);
  const { produced, ...rest } = decodeLog(bytes, output, { ...everything, ...selection });
  return { text: output.subarray(0, produced).toString('latin1'), ...rest };
}

test('decodeLog() reads a json-file, unescaped as JSON says', () => {
  const lines = ['plain\n', '"q" \\ \t\r\b\f / \u0001\n', 'ü€\u2028😀\n', 'no line feed'];
  const input = lines.map((line) => jsonEntry(line)).join('');
  const output = Buffer.alloc(1000);
  const { produced, consumed, stopped } = decodeLog(Buffer.from(input), output, everything);
  assert.equal(output.toString('utf8', 0, produced), lines.join(''));
  assert.deepEqual({ consumed, stopped }, { consumed: Buffer.byteLength(input), stopped: 'input' });
});

test('decodeLog() reads \\u escapes, also of surrogates', () => {
  const entry = (escaped: string) => `{"log":"${escaped}","stream":"stdout","time":"${time}"}\n`;
  const read = (escaped: string) => Buffer.from(decode(entry(escaped)).text, 'latin1').toString();
  assert.equal(read('\\u003c\\u00e9\\u20ac\\ud83d\\ude00'), '<é€😀');
  assert.equal(read('\\ud83d|\\ude00|\\ud83d\\u0041'), '\ufffd|\ufffd|\ufffdA');
  for (const bad of ['\\x', '\\u12', '\\u12g4']) assert.equal(read(bad), '');
});

test('decodeLog() frames entries, joins them and tells times', () => {
  const input = jsonEntry('a\n') + jsonEntry('b\n') + jsonEntry('c\n', 'stderr') + jsonEntry('d\n');
  const frame = (stream: number, text: string) =>
    `${String.fromCharCode(stream, 0, 0, 0, 0, 0, 0, text.length)}${text}`;
  const both = stdout | stderr | framed;
  assert.equal(
    decode(input, { mode: both }).text,
    ['a\n', 'b\n'].map((t) => frame(1, t)).join('') + frame(2, 'c\n') + frame(1, 'd\n'),
  );
  assert.equal(
    decode(input, { mode: both | joined }).text,
    frame(1, 'a\nb\n') + frame(2, 'c\n') + frame(1, 'd\n'),
  );
  assert.equal(decode(input, { mode: stderr | framed | joined }).text, frame(2, 'c\n'));
  assert.equal(
    decode(input, { mode: stdout | timed, prefix: Buffer.from('k=v ') }).text,
    ['a', 'b', 'd'].map((line) => `2026-01-02T03:04:05.678000000Z k=v ${line}\n`).join(''),
  );
});

test('decodeLog() picks by time and stops after the last moment', () => {
  const at = (second: number) => `2026-01-02T03:04:0${second}Z`;
  const input = [1, 2, 3, 4].map((second) => jsonEntry(`${second}`, 'stdout', at(second))).join('');
  const ns = (second: number) => BigInt(Date.parse(at(second))) * 1_000_000n;
  const { text, stopped } = decode(input, { sinceNs: ns(2), untilNs: ns(3) });
  assert.deepEqual([text, stopped], ['23', 'until']);
});

test('decodeLog() knows the calendar', () => {
  for (const day of ['1970-01-01', '1999-12-31', '2000-02-29', '2024-03-01', '2100-02-28', '1969-12-31']) {
    const stamp = `${day}T23:59:59.000000001Z`;
    assert.equal(decode(jsonEntry('x', 'stdout', stamp), { mode: stdout | timed }).text, `${stamp} x`);
    const entry = scanLog(Buffer.from(jsonEntry('x', 'stdout', stamp)), 0);
    assert.equal(entry.timeNs, BigInt(Date.parse(`${day}T23:59:59Z`)) * 1_000_000n + 1n);
  }
});

test('decodeLog() takes fields in any order, attributes and empty texts', () => {
  const rest = `"stream":"stderr","attrs":{"a":"}\\"{","b":"c"},"time":"${time}"`;
  assert.equal(decode(`{"log":"x",${rest}}\n{${rest}}\n{${rest},"log":"y"}\n`).text, 'xy');
});

test('decodeLog() passes over what is no entry, and finds the next', () => {
  const good = jsonEntry('good\n');
  const bad = [
    '',
    '{',
    '{}',
    '[]',
    'null',
    '{"log":"x"}',
    '{"log":"x","stream":"stdout","time":"x"}',
    'x'.repeat(999),
  ];
  for (const line of bad) assert.equal(decode(`${line}\n${good}`).text, 'good\n', line);
  assert.equal(decode(`{"log":"cut o${good}`).text, 'good\n');
  assert.equal(decode(good.slice(0, -1)).text, '');
});

test('decodeLog() stops when the output is full and goes on from there', () => {
  const input = Buffer.from(jsonEntry('1234567890\n').repeat(50));
  let text = '';
  for (let at = 0; at < input.length; ) {
    const step = decode(input.subarray(at), {}, 120);
    assert.ok(step.consumed > 0);
    text += step.text;
    at += step.consumed;
  }
  assert.equal(text, '1234567890\n'.repeat(50));
});

test('decodeLog() reads the local shape', () => {
  const bytes = Buffer.from([0, 255, 10, 128]);
  const input = Buffer.concat([
    localEntry(Buffer.from('one')),
    localEntry(bytes, { stream: 'stderr', partial: true }),
    localEntry(Buffer.alloc(0)),
  ]);
  assert.equal(decode(input, { mode: stdout | stderr | local }).text, `one\n${bytes.toString('latin1')}\n`);
  const damaged = Buffer.concat([Buffer.from('rubbish'), input.subarray(3), input]);
  assert.equal(decode(damaged, { mode: stdout | local }).text, '\none\n\n');
  assert.equal(decode(input.subarray(0, 20), { mode: stdout | local }).text, '');
});

test('scanLog() counts whole entries and tells where they are', () => {
  const entry = jsonEntry('x\n');
  const size = entry.length;
  const input = Buffer.from(entry.slice(10) + entry.repeat(3) + entry.slice(0, 9));
  assert.deepEqual(scanLog(input, 0), { count: 3, start: size - 10, end: 4 * size - 10, timeNs });
  assert.deepEqual(scanLog(input, 0, 2), { count: 2, start: size - 10, end: 3 * size - 10, timeNs });
  assert.equal(scanLog(Buffer.from('half'), 0).count, 0);
  const shaped = Buffer.concat([Buffer.from('tail of one'), localEntry(Buffer.from('x'))]);
  assert.deepEqual(scanLog(shaped, local), { count: 1, start: 11, end: shaped.length, timeNs });
});

test('decodeLog() stays within its memory whatever the file holds', () => {
  let seed = 42;
  const random = (below: number) => {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
    return (seed >>> 8) % below;
  };
  const sources = [
    Buffer.from(jsonEntry('some "text" \u0001 ü\n') + jsonEntry('\\\\\\', 'stderr')),
    Buffer.concat([localEntry(Buffer.from('some text')), localEntry(Buffer.from('more'), { partial: true })]),
  ];
  for (let round = 0; round < 20_000; round++) {
    const shape = round % 2;
    const source = Buffer.from(sources[shape] ?? []);
    for (let change = random(6); change > 0; change--) source[random(source.length)] = random(256);
    // Memory of its own, so that a sanitizer would see a step beyond it.
    const input = Uint8Array.prototype.slice.call(source, 0, random(source.length + 1));
    const room = random(200);
    const output = new Uint8Array(room + 8).fill(0xee);
    const mode = random(32) | (shape === 1 ? local : 0);
    const result = decodeLog(input, output.subarray(0, room), {
      ...everything,
      mode,
      prefix: source.subarray(0, random(9)),
    });
    assert.ok(result.consumed <= input.length && result.produced <= room);
    assert.ok(output.subarray(room).every((byte) => byte === 0xee));
    scanLog(input, mode);
  }
});
