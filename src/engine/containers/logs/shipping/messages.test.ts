import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseTimestamp } from '#base';
import { chunkGelf, encodeGelf } from './gelf-message.ts';
import { encodeJournalEntry } from './journal-entry.ts';
import { EventTime, pack } from './message-pack.ts';
import { countOctets, encodeSyslog, type SyslogFormat } from './syslog-message.ts';
import type { ShippedLine } from './types.ts';

const line = (text: string, stream: ShippedLine['stream'] = 'stdout'): ShippedLine => ({
  stream,
  timeNs: parseTimestamp('2026-01-02T03:04:05.123456789Z'),
  text: Buffer.from(text),
});

test('encodeSyslog() writes all formats', () => {
  const encode = (format: SyslogFormat, stream: ShippedLine['stream'] = 'stdout') =>
    encodeSyslog(line('hello', stream), {
      format,
      facility: 3,
      tag: 'web',
      hostname: 'box',
      pid: 7,
    }).toString();
  const stamp = /^<30>Jan {2}[12] \d\d:\d\d:05 /;
  assert.match(encode(''), new RegExp(`${stamp.source}web\\[7\\]: hello\n$`));
  assert.match(encode('rfc3164'), new RegExp(`${stamp.source}box web\\[7\\]: hello\n$`));
  assert.equal(encode('rfc5424', 'stderr'), '<27>1 2026-01-02T03:04:05Z box web 7 web - hello\n');
  assert.equal(encode('rfc5424micro'), '<30>1 2026-01-02T03:04:05.123456Z box web 7 web - hello\n');
  assert.equal(countOctets(Buffer.from('message')).toString(), '7 message');
});

test('encodeJournalEntry() tells values with a line feed by their length', () => {
  const entry = encodeJournalEntry({ MESSAGE: Buffer.from('a\nb'), PRIORITY: '6', '': 'nameless' });
  assert.equal(entry.toString('latin1'), 'MESSAGE\n\x03\0\0\0\0\0\0\0a\nb\nPRIORITY=6\n');
});

test('pack() writes texts, numbers, lists, maps and times of all sizes', () => {
  const head = (value: Parameters<typeof pack>[0], bytes: number) => pack(value).toString('hex', 0, bytes);
  assert.equal(pack(5).toString('hex'), '05');
  assert.equal(pack(1_700_000_000).toString('hex'), 'cf000000006553f100');
  assert.equal(pack('ü').toString('hex'), 'a2c3bc');
  assert.equal(pack(Buffer.of(0xff)).toString('hex'), 'a1ff');
  assert.equal(head('x'.repeat(32), 2), 'd920');
  assert.equal(head('x'.repeat(256), 3), 'da0100');
  assert.equal(head('x'.repeat(65536), 5), 'db00010000');
  assert.equal(pack(['a', 1]).toString('hex'), '92a16101');
  assert.equal(pack({ a: ['b'] }).toString('hex'), '81a16191a162');
  assert.equal(
    head(
      Array.from({ length: 16 }, () => 0),
      3,
    ),
    'dc0010',
  );
  assert.equal(
    head(
      Array.from({ length: 65536 }, () => 0),
      5,
    ),
    'dd00010000',
  );
  assert.equal(head(Object.fromEntries(Array.from({ length: 16 }, (_, i) => [`k${i}`, 0])), 3), 'de0010');
  assert.equal(pack(new EventTime(1_000_000_002n)).toString('hex'), 'd7000000000100000002');
});

test('encodeGelf() writes one JSON object', () => {
  const message = JSON.parse(
    encodeGelf(line('oh', 'stderr'), { host: 'box', fields: { _tag: 't' } }).toString(),
  );
  const own = { version: '1.1', host: 'box', short_message: 'oh', timestamp: 1767323045.123, level: 3 };
  assert.deepEqual(message, { ...own, _tag: 't' });
});

test('chunkGelf() numbers the pieces of a long message and gives up on a longer one', () => {
  assert.deepEqual(chunkGelf(Buffer.from('short')), [Buffer.from('short')]);
  const message = Buffer.alloc(3000, 'x');
  const chunks = chunkGelf(message);
  assert.deepEqual(
    chunks.map((chunk) => [chunk[0], chunk[1], chunk[10], chunk[11]]),
    [0, 1, 2].map((index) => [0x1e, 0x0f, index, 3]),
  );
  assert.deepEqual(Buffer.concat(chunks.map((chunk) => chunk.subarray(12))), message);
  assert.deepEqual(chunkGelf(Buffer.alloc(200_000)), []);
});
