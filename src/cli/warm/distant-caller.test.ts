import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { test } from 'node:test';
import { decodeCall } from './call.ts';
import { DistantCaller } from './distant-caller.ts';
import { FrameReader } from './frames.ts';

/** An outlet that takes what it is told to take. */
class Outlet extends EventEmitter {
  destroyed = false;
  takes = true;
  readonly #reader = new FrameReader();
  readonly said: string[] = [];

  write(bytes: Uint8Array): boolean {
    for (const { kind, payload } of this.#reader.push(bytes)) {
      this.said.push(`${String.fromCharCode(kind)} ${payload.toString('latin1')}`);
    }
    return this.takes;
  }

  end(bytes: Uint8Array): void {
    this.write(bytes);
    this.destroyed = true;
  }
}

function connect() {
  const outlet = new Outlet();
  const facts = ['pwharf', 'd/here', 't1 24 80', 't2 0 0'];
  const call = decodeCall(Buffer.from(facts.map((fact) => `${fact}\0`).join('')));
  return { outlet, caller: new DistantCaller(call, outlet) };
}

test('DistantCaller keeps what is written before it begins', () => {
  const { outlet, caller } = connect();
  caller.writeError('warning\n');
  caller.writeOut(Buffer.from('text'));
  assert.deepEqual(outlet.said, []);
  caller.begin();
  caller.writeOut('more');
  assert.deepEqual(outlet.said, ['E warning\n', 'O text', 'O more']);
});

test('DistantCaller lets a writer wait while its caller does not read, and no longer than it is there', async () => {
  const { outlet, caller } = connect();
  caller.begin();
  assert.equal(caller.writeOut('a'), undefined);
  for (const event of ['drain', 'close']) {
    outlet.takes = false;
    const written = Promise.all([caller.writeOut('b'), caller.writeOut('c')]);
    outlet.takes = true;
    outlet.emit(event);
    await written;
    assert.equal(caller.writeOut('d'), undefined);
  }
  assert.equal(outlet.listenerCount('close') + outlet.listenerCount('drain'), 2);
});

test('DistantCaller asks once for a signal, and passes it to all who listen', () => {
  const { outlet, caller } = connect();
  caller.begin();
  const heard: string[] = [];
  caller.onSignal('SIGTERM', () => heard.push('one'));
  caller.onSignal('SIGTERM', () => heard.push('other'));
  caller.receive(15);
  caller.receive(2);
  assert.deepEqual(outlet.said, ['T \x0f']);
  assert.deepEqual(heard, ['one', 'other']);
});

test('DistantCaller says nothing after the exit code', () => {
  const { outlet, caller } = connect();
  caller.begin();
  caller.exit(3);
  caller.exit(4);
  caller.writeOut('late');
  assert.deepEqual(outlet.said, ['X \x03']);
});

test('DistantCaller knows which of its descriptors are terminals', () => {
  const { caller } = connect();
  assert.deepEqual([caller.isTerminal(0), caller.isTerminal(1), caller.isTerminal(2)], [false, true, true]);
  assert.deepEqual(caller.terminalSize(1), { rows: 24, columns: 80 });
  assert.equal(caller.terminalSize(2), undefined);
});
