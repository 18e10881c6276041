import { closeSync, openSync } from 'node:fs';
import {
  type MadeQuery,
  makeQuery,
  type ReadResponse,
  readResponse,
} from '../../src/resolver/testing/make-query.ts';
import { askByTcp } from '../../src/resolver/upstream/ask-tcp.ts';
import { askByUdp } from '../../src/resolver/upstream/ask-udp.ts';

const resolverAddress = Uint8Array.of(127, 0, 0, 11);
const timeoutMs = 10_000;

/** Asks 127.0.0.11 as a process of a container's network namespace; undefined when there is no answer. */
export async function askInside(
  pid: number,
  name: string,
  options: MadeQuery & { readonly transport?: 'udp' | 'tcp' } = {},
): Promise<ReadResponse | undefined> {
  const question = makeQuery(name, options);
  const netns = openSync(`/proc/${pid}/ns/net`, 'r');
  try {
    const ask = options.transport === 'tcp' ? askByTcp : askByUdp;
    const attempt = { address: resolverAddress, vantage: { pid, netns }, timeoutMs };
    const answer = await ask(question, attempt, () => true);
    return answer && readResponse(answer, question);
  } finally {
    closeSync(netns);
  }
}

/** The addresses in a response, as texts; of IPv6 ones the bytes. */
export function addressesIn(response: ReadResponse | undefined): string[] {
  return (response?.records ?? []).map(({ data }) => [...data].join('.'));
}
