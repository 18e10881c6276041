import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ByteSource, type ByteStream } from './byte-source.ts';

async function* pieces(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}

/** A stream that puts what it has where it is told to. */
function direct(text: string): ByteStream {
  let rest = Buffer.from(text);
  return {
    async *[Symbol.asyncIterator]() {
      for (; rest.length > 0; rest = rest.subarray(3)) yield rest.subarray(0, 3);
    },
    async readInto(room) {
      const taken = rest.subarray(0, room.length);
      room.set(taken);
      rest = rest.subarray(taken.length);
      return taken.length;
    },
  };
}

/** All of it, read in rooms of a length. */
async function readAll(source: ByteSource, roomBytes: number): Promise<string> {
  const room = new Uint8Array(roomBytes);
  let text = '';
  for (let length = 1; length > 0; ) {
    length = await source.readInto(room);
    text += Buffer.from(room.subarray(0, length)).toString();
  }
  return text;
}

test('ByteSource fills rooms of any length from pieces of any length', async () => {
  for (const roomBytes of [1, 2, 3, 100]) {
    assert.equal(await readAll(new ByteSource(pieces('ab', '', 'cdefg', 'h')), roomBytes), 'abcdefgh');
    assert.equal(await readAll(new ByteSource(direct('abcdefgh')), roomBytes), 'abcdefgh');
  }
});

test('ByteSource.peek() shows the first bytes, which are read again', async () => {
  for (const source of [new ByteSource(pieces('a', 'bcd', 'e')), new ByteSource(direct('abcde'))]) {
    assert.equal(Buffer.from(await source.peek(3)).toString(), 'abc');
    assert.equal(Buffer.from(await source.peek(2)).toString(), 'ab');
    assert.equal(await readAll(source, 4), 'abcde');
  }
  assert.equal((await new ByteSource(pieces('ab')).peek(9)).length, 2);
});

test('ByteSource.pieces() goes on where reading has ended', async () => {
  for (const source of [new ByteSource(pieces('abcd', 'ef')), new ByteSource(direct('abcdef'))]) {
    await source.readInto(new Uint8Array(1));
    await source.peek(2);
    let text = '';
    for await (const piece of source.pieces()) text += Buffer.from(piece).toString();
    assert.equal(text, 'bcdef');
  }
});

test('a disposed ByteSource ends its stream', async () => {
  let ended = false;
  async function* stream() {
    try {
      yield Buffer.from('a');
    } finally {
      ended = true;
    }
  }
  const source = new ByteSource(stream());
  await source.readInto(new Uint8Array(1));
  await source[Symbol.asyncDispose]();
  assert.equal(ended, true);
});
