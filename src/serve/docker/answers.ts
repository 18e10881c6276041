import { type Decoder, decodeBody, decodeRequiredBody } from '#api';
import { errorBody, errorStatus } from './errors.ts';
import type { Call } from './types.ts';

/** Exactly this text: the stock client compares it. */
export const jsonType = { 'Content-Type': 'application/json' };

const bodyLimitBytes = 16 << 20;

export function encodeJson(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}

export function sendJson({ response }: Call, status: number, value: unknown): void {
  response.send(status, jsonType, encodeJson(value));
}

export function sendNothing({ response }: Call, status = 204): void {
  response.send(status, {});
}

/** A request's JSON body; an empty one is the zero value. @throws EngineError invalid */
export async function readJson<T>({ request }: Call, decoder: Decoder<T>): Promise<T> {
  return decodeBody(decoder, request.headers.get('content-type'), await request.readBody(bodyLimitBytes));
}

/** Like readJson(), for a body that must be there. @throws EngineError invalid */
export async function readRequiredJson<T>({ request }: Call, decoder: Decoder<T>): Promise<T> {
  const body = await request.readBody(bodyLimitBytes);
  return decodeRequiredBody(decoder, request.headers.get('content-type'), body);
}

/**
 * A stream of JSON lines whose header goes out with the first line: until then an error has a status of its
 * own, afterwards it is told in a line.
 */
export async function sendProgress(
  { response }: Call,
  work: (tell: (line: unknown) => void) => Promise<void>,
): Promise<void> {
  let flushed = Promise.resolve();
  const tell = (line: unknown) => {
    if (!response.started) response.start(200, jsonType);
    flushed = response.write(encodeJson(line));
    // A client that has gone is told by the signal.
    flushed.catch(() => {});
  };
  try {
    await work(tell);
  } catch (error) {
    if (!response.started) throw error;
    const { message } = errorBody(error);
    const status = errorStatus(error);
    tell({ errorDetail: { ...(status !== 500 && { code: status }), message }, error: message });
  }
  if (!response.started) response.start(200, jsonType);
  await flushed;
  response.end();
}
