import { EngineError } from '#base';
import { type Decoder, decode } from './schema.ts';

/**
 * Reads a JSON request body; an empty one gives the zero value.
 * @throws EngineError invalid, for a Content-Type other than JSON and for what does not decode
 */
export function decodeBody<T>(decoder: Decoder<T>, contentType: string | undefined, body: Uint8Array): T {
  if (body.length === 0) return decoder.zero();
  checkContentType(contentType);
  return tellContext(() => decode(decoder, parseOne(new TextDecoder().decode(body))));
}

/** Like decodeBody(), but the body must be there. @throws EngineError invalid */
export function decodeRequiredBody<T>(
  decoder: Decoder<T>,
  contentType: string | undefined,
  body: Uint8Array,
): T {
  if (body.length === 0) throw new EngineError('invalid', 'invalid JSON: got EOF while reading request body');
  return decodeBody(decoder, contentType, body);
}

function checkContentType(contentType = ''): void {
  const mediaType = contentType.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (mediaType === 'application/json') return;
  throw new EngineError(
    'invalid',
    `unsupported Content-Type header (${contentType}): must be 'application/json'`,
  );
}

function parseOne(source: string): unknown {
  try {
    return JSON.parse(source);
  } catch (cause) {
    throw new EngineError('invalid', cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

function tellContext<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    throw new EngineError(error.kind, `invalid JSON: ${error.message}`, { cause: error });
  }
}
