import {
  type MadeQuery,
  makeQuery,
  type ReadResponse,
  readResponse,
} from '../../src/resolver/testing/make-query.ts';
import { askByTcp } from '../../src/resolver/upstream/ask-tcp.ts';
import { askByUdp } from '../../src/resolver/upstream/ask-udp.ts';

const resolver = { address: Uint8Array.of(127, 0, 0, 11), zone: 0 };
const timeoutMs = 10_000;

/** Asks 127.0.0.11 as a process of a container's network namespace; undefined when there is no answer. */
export async function askInside(
  pid: number,
  name: string,
  options: MadeQuery & { readonly transport?: 'udp' | 'tcp' } = {},
): Promise<ReadResponse | undefined> {
  const question = makeQuery(name, options);
  const ask = options.transport === 'tcp' ? askByTcp : askByUdp;
  const answer = await ask(question, { server: resolver, pid, timeoutMs }, () => true);
  return answer && readResponse(answer, question);
}

/** The addresses in a response, as texts; of IPv6 ones the bytes. */
export function addressesIn(response: ReadResponse | undefined): string[] {
  return (response?.records ?? []).map(({ data }) => [...data].join('.'));
}
