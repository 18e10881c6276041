import { randomBytes } from 'node:crypto';
import { EngineError, errorMessage, parseSize, refuse } from '#base';
import { formatTag } from '../log-tag.ts';
import { countOption, type LogDriverOptions, parseDurationMs, truthOption } from '../option-values.ts';
import { pickAttributes } from '../pick-attributes.ts';
import { parseAddress } from './address.ts';
import { Connection, type StreamAddress } from './connection.ts';
import { EventTime, type Packable, pack } from './message-pack.ts';
import type { RemoteDriver, ShippedLine } from './types.ts';

const defaultHost = '127.0.0.1';
const defaultPort = 24224;

interface FluentdOptions {
  readonly address: StreamAddress;
  readonly subSecond: boolean;
  /** The receiver tells that it has a batch. */
  readonly acknowledged: boolean;
}

/** Sends lines as Fluentd's forward protocol has it, many at a time. */
export const fluentd: RemoteDriver = {
  options: [
    ...['fluentd-address', 'fluentd-async', 'fluentd-async-connect', 'fluentd-async-reconnect-interval'],
    ...['fluentd-buffer-limit', 'fluentd-max-retries', 'fluentd-read-timeout', 'fluentd-request-ack'],
    ...['fluentd-retry-wait', 'fluentd-sub-second-precision', 'fluentd-write-timeout'],
  ],
  parse,
  async connect(record, options, signal) {
    const { address, subSecond, acknowledged } = parse(options);
    const tag = formatTag(options.tag ?? '{{.ID}}', record);
    const common = {
      container_id: record.id,
      container_name: `/${record.name}`,
      ...pickAttributes(record, options),
    };
    const connection = await Connection.open(address, signal);
    const encode = ({ stream, timeNs, text }: ShippedLine): Packable => [
      subSecond ? new EventTime(timeNs) : Number(timeNs / 1_000_000_000n),
      { ...common, source: stream, log: text },
    ];
    return {
      async send(lines) {
        const entries = lines.map(encode);
        if (!acknowledged) return await connection.write(pack([tag, entries]));
        const chunk = randomBytes(16).toString('base64');
        const answered = readAnswer(connection, chunk);
        await Promise.all([connection.write(pack([tag, entries, { chunk }])), answered]);
      },
      [Symbol.asyncDispose]: () => connection[Symbol.asyncDispose](),
    };
  },
};

/** Waits for `{"ack": chunk}`. @throws Error when the connection ends, or the answer is another one */
function readAnswer({ socket }: Connection, chunk: string): Promise<void> {
  const expected = pack({ ack: chunk });
  return new Promise((resolve, reject) => {
    let got: Buffer = Buffer.alloc(0);
    const settle = (error?: Error) => {
      socket.off('data', onData).off('close', onClose);
      if (error === undefined) resolve();
      else reject(error);
    };
    const onClose = () => settle(new Error('the connection is closed'));
    const onData = (bytes: Buffer) => {
      got = Buffer.concat([got, bytes]);
      if (got.length < expected.length) return;
      settle(got.equals(expected) ? undefined : new Error('fluentd acknowledged something else'));
    };
    socket.on('data', onData).on('close', onClose);
  });
}

function parse(options: LogDriverOptions): FluentdOptions {
  const address = parseFluentdAddress(options['fluentd-address'] ?? '');
  for (const name of ['fluentd-async', 'fluentd-async-connect']) truthOption(options, name, false);
  if (options['fluentd-buffer-limit']) parseSize(options['fluentd-buffer-limit'], 1024);
  countOption(options, 'fluentd-max-retries', 0);
  if (options['fluentd-retry-wait']) parseDurationMs(options['fluentd-retry-wait']);
  refuseReconnect(options['fluentd-async-reconnect-interval']);
  for (const name of ['fluentd-write-timeout', 'fluentd-read-timeout']) refuseTimeout(name, options[name]);
  return {
    address,
    subSecond: truthOption(options, 'fluentd-sub-second-precision', false),
    acknowledged: truthOption(options, 'fluentd-request-ack', false),
  };
}

function parseFluentdAddress(text: string): StreamAddress {
  if (text === '') return { host: defaultHost, port: defaultPort };
  const fault = (reason: string) =>
    new EngineError('invalid', `invalid fluentd-address (${text}): ${reason}`);
  try {
    const { scheme, host, port, path } = parseAddress(text.includes('://') ? text : `tcp://${text}`);
    if (scheme === 'unix') return { path };
    if (scheme !== 'tcp' && scheme !== 'tls')
      throw new EngineError('invalid', `unsupported scheme: '${scheme}'`);
    const place = { host: host || defaultHost, port: port ?? defaultPort };
    return scheme === 'tls' ? { ...place, tls: {} } : place;
  } catch (cause) {
    throw fault(errorMessage(cause));
  }
}

function refuseReconnect(text: string | undefined): void {
  if (!text) return;
  const name = 'fluentd-async-reconnect-interval';
  const interval = parseDurationMs(text);
  refuse(
    interval < 100 || interval > 10_000,
    `invalid value for ${name}: value (${JSON.stringify(text)}) must be between 100ms and 10s`,
  );
}

function refuseTimeout(name: string, text: string | undefined): void {
  if (!text) return;
  try {
    parseDurationMs(text);
  } catch (cause) {
    throw new EngineError(
      'invalid',
      `invalid value for ${name}: value must be a duration: ${errorMessage(cause)}`,
    );
  }
}
