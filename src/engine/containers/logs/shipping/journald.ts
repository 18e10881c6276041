import { existsSync } from 'node:fs';
import { refuse } from '#base';
import { formatTag } from '../log-tag.ts';
import { pickAttributes } from '../pick-attributes.ts';
import { encodeJournalEntry } from './journal-entry.ts';
import type { RemoteDriver, ShippedLine } from './types.ts';
import { openUnixDatagrams } from './unix-datagrams.ts';

const socketPath = '/run/systemd/journal/socket';
/** A datagram of a unix socket holds some 200 KiB. */
const partBytes = 48 * 1024;
const priority = { stdout: '6', stderr: '3' } as const;

/** Sends each line to systemd's journal with the fields that Docker gives it; long lines in parts. */
export const journald: RemoteDriver = {
  options: [],
  parse: () => undefined,
  check: () => refuse(!existsSync(socketPath), 'journald is not enabled on this host'),
  async connect(record, options, signal) {
    const tag = formatTag(options.tag ?? '{{.ID}}', record);
    const common = {
      ...Object.fromEntries(
        Object.entries(pickAttributes(record, options)).map(([name, value]) => [fieldName(name), value]),
      ),
      CONTAINER_ID: record.id.slice(0, 12),
      CONTAINER_ID_FULL: record.id,
      CONTAINER_NAME: record.name,
      CONTAINER_TAG: tag,
      IMAGE_NAME: record.image.reference,
      SYSLOG_IDENTIFIER: tag,
    };
    const datagrams = await openUnixDatagrams(socketPath, signal);
    return {
      async send(lines) {
        for (const line of lines) {
          for (const part of partsOf(line)) await datagrams.send(encodeJournalEntry({ ...common, ...part }));
        }
      },
      [Symbol.asyncDispose]: () => datagrams[Symbol.asyncDispose](),
    };
  },
};

function* partsOf({ stream, timeNs, text }: ShippedLine) {
  const fields = {
    PRIORITY: priority[stream],
    SYSLOG_TIMESTAMP: new Date(Number(timeNs / 1_000_000n)).toISOString(),
  };
  let at = 0;
  do {
    const part = text.subarray(at, at + partBytes);
    at += part.length;
    yield { ...fields, MESSAGE: part, ...(at < text.length && { CONTAINER_PARTIAL_MESSAGE: 'true' }) };
  } while (at < text.length);
}

/** The journal takes capital letters, digits and underscores, and no underscore in front. */
function fieldName(name: string): string {
  return name
    .toUpperCase()
    .replaceAll(/[^A-Z0-9]/g, '_')
    .replace(/^_+/, '');
}
