import { EngineError } from '#base';

/** A place as options of drivers name it: `tcp://host:port`, `unix:///path`. */
export interface RemoteAddress {
  readonly scheme: string;
  readonly host: string;
  /** Undefined when none is given. */
  readonly port: number | undefined;
  /** Of a unix socket. */
  readonly path: string;
}

/** @throws EngineError invalid, in the words of Go's parsers */
export function parseAddress(text: string): RemoteAddress {
  const [, scheme = '', rest = ''] = /^(?:([a-z+]+):\/\/)?(.*)$/i.exec(text) ?? [];
  if (scheme.startsWith('unix')) return { scheme, host: '', port: undefined, path: rest };
  const [, bracketed, plain, portText] = /^(?:\[([^\]]*)\]|([^:/]*))(?::([^/]*))?/.exec(rest) ?? [];
  if (portText !== undefined && !/^\d*$/.test(portText)) {
    throw new EngineError('invalid', `parse ${JSON.stringify(text)}: invalid port ":${portText}" after host`);
  }
  if (portText && Number(portText) > 65535) {
    throw new EngineError(
      'invalid',
      `invalid port: strconv.ParseUint: parsing ${JSON.stringify(portText)}: value out of range`,
    );
  }
  return { scheme, host: bracketed ?? plain ?? '', port: portText ? Number(portText) : undefined, path: '' };
}
