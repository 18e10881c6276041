import { randomInt } from 'node:crypto';
import type { Query } from '../message/query.ts';
import { headerBytes, responseCode } from '../message/record-type.ts';
import { askByTcp } from './ask-tcp.ts';
import { askByUdp } from './ask-udp.ts';
import { tryParseServer } from './server-address.ts';
import type { ServerHealth } from './server-health.ts';
import type { Transport } from './types.ts';

/** Less than a client waits (5 s with every C library), so that it hears of a failure. */
const patienceMs = 4_500;
const leastTimeoutMs = 1_200;

export interface ForwardRequest {
  readonly query: Query;
  /** The query as it came. */
  readonly message: Uint8Array;
  readonly transport: Transport;
  readonly servers: readonly string[];
  /** A process in whose network namespace they are asked. */
  readonly pid: number;
}

/**
 * Asks the servers one after the other until one knows; those that did not answer lately come last.
 * @returns the answer under the client's id; undefined when no server has one
 */
export async function forward(
  request: ForwardRequest,
  health: ServerHealth,
): Promise<Uint8Array | undefined> {
  const { query, transport, pid } = request;
  const ask = transport === 'udp' ? askByUdp : askByTcp;
  const deadline = performance.now() + patienceMs;
  const failures = new Map<string, Uint8Array>();
  for (const { name, timeoutMs } of plan(health.inOrder(request.servers), transport)) {
    const server = tryParseServer(name);
    const left = deadline - performance.now();
    if (server === undefined || left <= 0 || failures.has(name)) continue;
    const attempt = { server, pid, timeoutMs: Math.min(timeoutMs, left) };
    const askedAt = performance.now();
    // Another one each time: no server knows by what id the next is asked.
    const id = randomInt(65_536);
    const isAnswer = (response: Uint8Array) => answers(response, id, query);
    const answer = await ask(withId(request.message, id), attempt, isAnswer);
    // A server that has no TCP may be as well as any.
    if (transport === 'udp') health.note(name, answer !== undefined, askedAt);
    if (answer === undefined) continue;
    if (!isFailure(answer)) return withId(answer, query.id);
    failures.set(name, answer);
  }
  const [failure] = failures.values();
  return failure && withId(failure, query.id);
}

interface PlannedAttempt {
  /** As resolv.conf has it. */
  readonly name: string;
  readonly timeoutMs: number;
}

/** A datagram may get lost, so servers are asked twice by UDP. */
export function plan(servers: readonly string[], transport: Transport): PlannedAttempt[] {
  const order = transport === 'udp' ? [...servers, ...servers] : servers;
  const timeoutMs = Math.max(leastTimeoutMs, Math.ceil(patienceMs / order.length));
  return order.map((name) => ({ name, timeoutMs }));
}

function withId(message: Uint8Array, id: number): Uint8Array {
  const copy = Uint8Array.from(message);
  new DataView(copy.buffer).setUint16(0, id);
  return copy;
}

/** Whether it is a response to this very question. */
function answers(message: Uint8Array, id: number, { question }: Query): boolean {
  if (message.length < headerBytes) return false;
  const view = new DataView(message.buffer, message.byteOffset, message.length);
  if (view.getUint16(0) !== id || view.getUint16(2) < 0x8000) return false;
  // A server that could not read the question may leave it out.
  if (view.getUint16(4) === 0) return true;
  const repeated = message.subarray(headerBytes, headerBytes + question.length);
  return (
    Buffer.from(repeated).toString('latin1').toLowerCase() ===
    Buffer.from(question).toString('latin1').toLowerCase()
  );
}

/** What another server may know better. */
function isFailure(message: Uint8Array): boolean {
  const code = (message[3] ?? 0) & 15;
  return code === responseCode.serverFailure || code === responseCode.refused;
}
