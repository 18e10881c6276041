import { encodeName } from '../message/name.ts';
import type { Query } from '../message/query.ts';
import { recordClass, recordType } from '../message/record-type.ts';
import type { AnswerRecord } from '../message/response.ts';
import type { NamedSandbox } from '../types.ts';
import { keyOfReverseName, tryParseAddress } from './address.ts';
import type { NameTable } from './name-table.ts';

/** What a container calls its host by, as with Docker's desktop products. */
const hostNames: readonly string[] = ['host.docker.internal', 'gateway.docker.internal'];

/**
 * What we know about a question ourselves. A name that is known has an answer for every type, if an empty one:
 * nobody else is asked about it.
 * @returns undefined, when the question is for other servers
 */
export function answerFrom(
  table: NameTable,
  asker: NamedSandbox,
  query: Query,
): readonly AnswerRecord[] | undefined {
  if (query.class !== recordClass.internet && query.class !== recordClass.any) return undefined;
  if (query.type === recordType.ptr) return reverseAnswer(table, asker, query.name);
  const addresses = table.find(asker, query.name, query.type) ?? hostAddresses(asker, query.name);
  return addresses?.map(addressRecord).filter(({ type }) => isAsked(query, type));
}

function reverseAnswer(table: NameTable, asker: NamedSandbox, name: string): AnswerRecord[] | undefined {
  const key = keyOfReverseName(name);
  const found = key === undefined ? undefined : table.nameOf(asker, key);
  return found === undefined ? undefined : [{ type: recordType.ptr, data: encodeName(found) }];
}

function hostAddresses(asker: NamedSandbox, name: string): Uint8Array[] | undefined {
  if (!hostNames.includes(name) || asker.hostAddresses.length === 0) return undefined;
  return asker.hostAddresses.flatMap((address) => tryParseAddress(address) ?? []);
}

function addressRecord(address: Uint8Array): AnswerRecord {
  return { type: address.length === 4 ? recordType.a : recordType.aaaa, data: address };
}

function isAsked({ type }: Query, candidate: number): boolean {
  return type === candidate || type === recordType.any;
}
