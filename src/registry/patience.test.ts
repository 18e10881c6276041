import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Interrupted, Unreachable } from './http/unreachable.ts';
import { askPatiently, retryAfterMs } from './patience.ts';
import type { RegistryResponse } from './types.ts';

const signal = new AbortController().signal;
const patience = { attempts: 3, retryDelayMs: 1 };

function answer(status: number, retryAfter?: string): RegistryResponse {
  return {
    status,
    url: new URL('http://x.example/'),
    header: () => retryAfter,
    body: (async function* () {})(),
    discard() {},
  };
}

/** Asks for one outcome after the other; answers the last status and how often it asked. */
async function ask(...outcomes: (RegistryResponse | Error)[]): Promise<[status: number, asked: number]> {
  let asked = 0;
  const question = async () => {
    const outcome = outcomes[asked++];
    if (outcome === undefined || outcome instanceof Error) throw outcome;
    return outcome;
  };
  const { status } = await askPatiently(question, patience, signal);
  return [status, asked];
}

test('askPatiently() comes back to a busy registry and over a cut connection, so often', async () => {
  assert.deepEqual(await ask(answer(503), new Interrupted('cut'), answer(200)), [200, 3]);
  assert.deepEqual(await ask(answer(429, '0'), answer(429), answer(429), answer(200)), [429, 3]);
  await assert.rejects(ask(new Interrupted('1'), new Interrupted('2'), new Interrupted('3')), /3/);
});

test('askPatiently() takes every other answer, and a host that is not there, for what it is', async () => {
  assert.deepEqual(await ask(answer(500), answer(200)), [500, 1]);
  await assert.rejects(ask(new Unreachable('refused'), answer(200)), /refused/);
});

test('askPatiently() does not wait for a registry that wants to be left alone for long', async () => {
  assert.deepEqual(await ask(answer(429, '3600'), answer(200)), [429, 1]);
});

test('retryAfterMs() reads seconds and dates', () => {
  assert.equal(retryAfterMs('7'), 7000);
  assert.equal(retryAfterMs('Thu, 01 Jan 1970 00:01:00 GMT', 45_000), 15_000);
  assert.equal(retryAfterMs('Thu, 01 Jan 1970 00:01:00 GMT', 90_000), 0);
  assert.equal(retryAfterMs('soon'), undefined);
  assert.equal(retryAfterMs(undefined), undefined);
});
