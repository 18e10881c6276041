import { EngineError } from '#base';
import { isTag } from '#oci';
import { readBody } from './read-body.ts';
import type { Session } from './session.ts';
import type { RegistryResponse } from './types.ts';

const pageSize = 1000;
const pageLimitBytes = 8 << 20;
const mostPages = 1000;
/** As many as full pages hold; some registries' pages have no end. */
const mostTags = mostPages * pageSize;

/**
 * Every tag of a session's repository, over as many pages as the registry makes; what can be no tag is left out: it
 * becomes part of paths and names. @throws EngineError
 */
export async function listTags(session: Session, signal: AbortSignal): Promise<string[]> {
  const tags = new Set<string>();
  let path: string | undefined = `tags/list?n=${pageSize}`;
  for (let page = 0; path !== undefined; page++) {
    if (page >= mostPages) throw new EngineError('corrupt', 'the registry lists tags without end');
    const response = await session.get(path, {}, signal);
    for (const tag of await readTags(response)) tags.add(tag);
    if (tags.size > mostTags) throw new EngineError('corrupt', 'the registry lists tags without end');
    path = nextPage(response);
  }
  return [...tags];
}

async function readTags(response: RegistryResponse): Promise<string[]> {
  const text = new TextDecoder().decode(await readBody(response, pageLimitBytes));
  let list: unknown;
  try {
    list = (JSON.parse(text) as { tags?: unknown }).tags;
  } catch (cause) {
    throw new EngineError('corrupt', `list of tags of ${response.url.host} is no JSON`, { cause });
  }
  return Array.isArray(list)
    ? list.filter((tag): tag is string => typeof tag === 'string' && isTag(tag))
    : [];
}

/** What `Link: </v2/…/tags/list?n=2&last=b>; rel="next"` points to, below the same repository. */
function nextPage(response: RegistryResponse): string | undefined {
  const link = /<([^>]+)>\s*;\s*rel="?next"?/.exec(response.header('link') ?? '')?.[1];
  if (link === undefined || !URL.canParse(link, response.url.href)) return undefined;
  return `tags/list${new URL(link, response.url).search}`;
}
