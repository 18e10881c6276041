import { hostname } from 'node:os';
import { promisify } from 'node:util';
import { deflate, gzip } from 'node:zlib';
import { EngineError, refuse } from '#base';
import type { ContainerRecord } from '../../types.ts';
import { formatTag } from '../log-tag.ts';
import type { LogDriverOptions } from '../option-values.ts';
import { pickAttributes } from '../pick-attributes.ts';
import { parseAddress } from './address.ts';
import { Connection } from './connection.ts';
import { type Datagrams, openDatagrams } from './datagrams.ts';
import { chunkGelf, encodeGelf, type GelfHeader } from './gelf-message.ts';
import type { Destination, RemoteDriver, ShippedLine } from './types.ts';

interface GelfOptions {
  readonly scheme: 'udp' | 'tcp';
  readonly host: string;
  readonly port: number;
  readonly compression: 'gzip' | 'zlib' | 'none';
  readonly level: number;
}

/** Sends each line as a message of Graylog's GELF, over UDP or TCP. */
export const gelf: RemoteDriver = {
  options: [
    ...['gelf-address', 'gelf-compression-level', 'gelf-compression-type', 'gelf-tcp-max-reconnect'],
    'gelf-tcp-reconnect-delay',
  ],
  require: (options) => refuse(!options['gelf-address'], 'gelf-address is a required parameter'),
  parse,
  async connect(record, options, signal) {
    const parsed = parse(options);
    const header = { host: hostname(), fields: fieldsOf(record, options) };
    const { scheme, host, port } = parsed;
    if (scheme === 'tcp') return overStream(await Connection.open({ host, port }, signal), header);
    return overDatagrams(await openDatagrams(host, port), header, parsed);
  },
};

function parse(options: LogDriverOptions): GelfOptions {
  const { scheme, host, port } = parseAddress(options['gelf-address'] ?? '');
  if (scheme !== 'udp' && scheme !== 'tcp') {
    throw new EngineError('invalid', 'gelf: endpoint needs to be TCP or UDP');
  }
  if (host === '' || port === undefined) {
    throw new EngineError('invalid', 'gelf: please provide gelf-address as proto://host:port');
  }
  refuseForeign(options, scheme);
  return { scheme, host, port, compression: compressionOf(options), level: levelOf(options) };
}

/** Options that belong to the other transport, and numbers that are none. */
function refuseForeign(options: LogDriverOptions, scheme: 'udp' | 'tcp'): void {
  const compresses = options['gelf-compression-type'] ?? options['gelf-compression-level'];
  refuse(scheme === 'tcp' && compresses !== undefined, 'compression is only supported on UDP');
  for (const name of ['gelf-tcp-max-reconnect', 'gelf-tcp-reconnect-delay']) {
    const text = options[name];
    if (text === undefined) continue;
    refuse(scheme === 'udp', `${JSON.stringify(name)} is only valid for TCP`);
    refuse(!/^\d+$/.test(text), `${JSON.stringify(name)} must be a positive integer`);
  }
}

function compressionOf(options: LogDriverOptions): GelfOptions['compression'] {
  const text = options['gelf-compression-type'] ?? 'gzip';
  if (text === 'gzip' || text === 'zlib' || text === 'none') return text;
  throw unknownValue('gelf-compression-type', text);
}

function levelOf(options: LogDriverOptions): number {
  const text = options['gelf-compression-level'] ?? '1';
  if (!/^(-1|[0-9])$/.test(text)) throw unknownValue('gelf-compression-level', text);
  return Number(text);
}

function unknownValue(name: string, text: string): EngineError {
  return new EngineError('invalid', `unknown value "${text}" for log opt "${name}" for gelf log driver`);
}

function fieldsOf(record: ContainerRecord, options: LogDriverOptions): GelfHeader['fields'] {
  const own = {
    container_id: record.id,
    container_name: record.name,
    image_id: record.image.id,
    image_name: record.image.reference,
    command: record.argv.join(' '),
    tag: formatTag(options.tag ?? '{{.ID}}', record),
    created: new Date(Number(record.createdNs / 1_000_000n)).toISOString(),
  };
  const fields = { ...own, ...pickAttributes(record, options) };
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [`_${name}`, value]));
}

/** Over TCP a NUL ends each message. */
function overStream(connection: Connection, header: GelfHeader): Destination {
  const encode = (line: ShippedLine) => [encodeGelf(line, header), Buffer.of(0)];
  return {
    send: (lines) => connection.write(Buffer.concat(lines.flatMap(encode))),
    [Symbol.asyncDispose]: () => connection[Symbol.asyncDispose](),
  };
}

const packers = { gzip: promisify(gzip), zlib: promisify(deflate) };
/** Longer lines do not fit into the chunks of one message. */
const lineBytes = 64 * 1024;

function overDatagrams(
  datagrams: Datagrams,
  header: GelfHeader,
  { compression, level }: GelfOptions,
): Destination {
  return {
    async send(lines) {
      for (const line of lines) {
        const message = encodeGelf({ ...line, text: line.text.subarray(0, lineBytes) }, header);
        const packed = compression === 'none' ? message : await packers[compression](message, { level });
        for (const chunk of chunkGelf(packed)) await datagrams.send(chunk);
      }
    },
    [Symbol.asyncDispose]: () => datagrams[Symbol.asyncDispose](),
  };
}
