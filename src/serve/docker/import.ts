import { readText } from '#api';
import { EngineError, errorMessage } from '#base';
import { applyChanges, type Images, type ImportRequest } from '#engine/images';
import { parsePlatform } from '#oci';
import { sendProgress } from './answers.ts';
import { joinName } from './images.ts';
import type { Call } from './types.ts';

/** Makes an image of a tar in the request's body (`fromSrc=-`), or of one that an address leads to. */
export async function importImage(images: Pick<Images, 'import'>, call: Call): Promise<void> {
  const request = importRequest(call);
  const source = call.request.query.get('fromSrc') ?? '';
  await sendProgress(call, async (tell) => {
    const tar = source === '-' ? call.request.body : await download(source, call.signal);
    if (source !== '-') tell({ status: `Downloading from ${source}` });
    tell({ status: await images.import(request, tar, call.signal) });
  });
}

/** @throws EngineError invalid */
function importRequest({ request: { query } }: Call): ImportRequest {
  const source = query.get('fromSrc') ?? '';
  const repository = readText(query, 'repo');
  const platform = readText(query, 'platform');
  return {
    config: applyChanges({}, query.getAll('changes')),
    comment: query.get('message') || `Imported from ${source}`,
    ...(repository !== undefined && { name: joinName(repository, readText(query, 'tag')) }),
    ...(platform !== undefined && { platform: parsePlatform(platform) }),
  };
}

/** An address without a scheme is one of HTTP. @throws EngineError invalid, for what names no host */
async function download(address: string, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
  const url = /^https?:\/\//.test(address) ? address : `http://${address}`;
  if (!URL.canParse(url)) throw new EngineError('invalid', 'Get "http:": http: no Host in request URL');
  const answer = await get(url, signal);
  if (answer.ok && answer.body !== null) return answer.body;
  throw new EngineError('internal', `failed to GET ${url}: ${answer.status} ${answer.statusText}`);
}

async function get(url: string, signal: AbortSignal): Promise<Response> {
  try {
    return await fetch(url, { signal });
  } catch (cause) {
    throw new EngineError('internal', `Get ${JSON.stringify(url)}: ${errorMessage(cause)}`, { cause });
  }
}
