import { existsSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import type { ConnectionOptions } from 'node:tls';
import { EngineError, refuse } from '#base';
import { formatTag } from '../log-tag.ts';
import type { LogDriverOptions } from '../option-values.ts';
import { parseAddress, type RemoteAddress } from './address.ts';
import { Connection } from './connection.ts';
import { openDatagrams } from './datagrams.ts';
import {
  countOctets,
  encodeSyslog,
  type SyslogFormat,
  type SyslogHeader,
  syslogFormats,
} from './syslog-message.ts';
import type { Destination, RemoteDriver } from './types.ts';
import { openUnixDatagrams } from './unix-datagrams.ts';

const facilities = [
  ...['kern', 'user', 'mail', 'daemon', 'auth', 'syslog', 'lpr', 'news', 'uucp', 'cron', 'authpriv', 'ftp'],
  ...['', '', '', ''],
  ...['local0', 'local1', 'local2', 'local3', 'local4', 'local5', 'local6', 'local7'],
];
const schemes = ['unix', 'unixgram', 'tcp', 'tcp+tls', 'udp'];
const defaultPort = 514;

interface SyslogOptions {
  /** Undefined: the syslog of this machine. */
  readonly address: RemoteAddress | undefined;
  readonly facility: number;
  readonly format: SyslogFormat;
}

/** Sends each line as a message of syslog's: RFC 3164 or 5424, over UDP, TCP, TLS or a unix socket. */
export const syslog: RemoteDriver = {
  options: [
    ...['syslog-address', 'syslog-facility', 'syslog-format', 'syslog-tls-ca-cert', 'syslog-tls-cert'],
    ...['syslog-tls-key', 'syslog-tls-skip-verify'],
  ],
  parse,
  check(options) {
    if (parse(options).address === undefined) localSocket();
  },
  async connect(record, options, signal) {
    const { address, facility, format } = parse(options);
    const tag = formatTag(options.tag ?? '{{.ID}}', record);
    const header = { format, facility, tag, hostname: hostname(), pid: process.pid };
    if (address === undefined) return overDatagrams(await openUnixDatagrams(localSocket(), signal), header);
    const { scheme, host, port = defaultPort, path } = address;
    if (scheme === 'udp') return overDatagrams(await openDatagrams(host, port), header);
    if (scheme === 'unixgram') return overDatagrams(await openUnixDatagrams(path, signal), header);
    const tls = scheme === 'tcp+tls' ? tlsOptions(options) : undefined;
    const place = scheme === 'unix' ? { path } : { host, port, ...(tls !== undefined && { tls }) };
    return overStream(await Connection.open(place, signal), header, tls !== undefined);
  },
};

function parse(options: LogDriverOptions): SyslogOptions {
  const format = syslogFormats.find((name) => name === (options['syslog-format'] ?? ''));
  const address = parseSyslogAddress(options['syslog-address'] ?? '');
  const facility = parseFacility(options['syslog-facility'] ?? '');
  if (format === undefined) throw new EngineError('invalid', 'Invalid syslog format');
  return { address, facility, format };
}

function parseSyslogAddress(text: string): RemoteAddress | undefined {
  if (text === '') return undefined;
  const address = parseAddress(text);
  refuse(!schemes.includes(address.scheme), `unsupported scheme: '${address.scheme}'`);
  const isLocal = address.scheme.startsWith('unix');
  refuse(isLocal && !existsSync(address.path), `stat ${address.path}: no such file or directory`);
  return address;
}

function parseFacility(text: string): number {
  if (text === '') return facilities.indexOf('daemon');
  const number = /^\d{1,2}$/.test(text) ? Number(text) : facilities.indexOf(text);
  refuse(!facilities[number], 'invalid syslog facility');
  return number;
}

function localSocket(): string {
  const path = ['/dev/log', '/var/run/syslog', '/var/run/log'].find((candidate) => existsSync(candidate));
  if (path === undefined) throw new EngineError('invalid', 'Unix syslog delivery error');
  return path;
}

function tlsOptions(options: LogDriverOptions): ConnectionOptions {
  const file = (name: string) => (options[name] ? readFileSync(options[name]) : undefined);
  const [ca, cert, key] = ['ca-cert', 'cert', 'key'].map((name) => file(`syslog-tls-${name}`));
  return {
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    // Docker takes the option itself for a yes, whatever its value.
    rejectUnauthorized: options['syslog-tls-skip-verify'] === undefined,
  };
}

function overStream(connection: Connection, header: SyslogHeader, secure: boolean): Destination {
  const frame = secure && header.format.startsWith('rfc5424') ? countOctets : (message: Buffer) => message;
  return {
    send: (lines) => connection.write(Buffer.concat(lines.map((line) => frame(encodeSyslog(line, header))))),
    [Symbol.asyncDispose]: () => connection[Symbol.asyncDispose](),
  };
}

/** What a datagram of the network, or of a usual unix socket, can carry. */
const datagramBytes = 60_000;

function overDatagrams(
  datagrams: { send(bytes: Buffer): Promise<void> } & AsyncDisposable,
  header: SyslogHeader,
): Destination {
  return {
    async send(lines) {
      for (const line of lines) {
        const text = line.text.subarray(0, datagramBytes);
        await datagrams.send(encodeSyslog({ ...line, text }, header));
      }
    },
    [Symbol.asyncDispose]: () => datagrams[Symbol.asyncDispose](),
  };
}
