import type { HttpRequest } from '#serve/http';
import type { Page } from '../records/page.ts';
import { Refusal } from '../refusal.ts';
import type { Headers } from './reply.ts';

const largestPage = 1000;

/** The stretch of a list that `n` and `last` ask for. @throws Refusal PAGINATION_NUMBER_INVALID */
export function readPage({ query }: HttpRequest): Page {
  const after = query.get('last') ?? '';
  const n = query.get('n');
  if (n === null) return { after, limit: largestPage };
  if (!/^\d{1,9}$/.test(n))
    throw new Refusal('PAGINATION_NUMBER_INVALID', 'invalid number of results requested');
  return { after, limit: Math.min(Number(n), largestPage) };
}

/** One page of a list that was asked for one entry more than fits on it, and the link to the next. */
export function cutPage<T>(
  { path, query }: HttpRequest,
  { limit }: Page,
  entries: readonly T[],
  nameOf: (entry: T) => string,
): { readonly entries: readonly T[]; readonly headers: Headers } {
  const shown = entries.slice(0, limit);
  const last = shown.at(-1);
  if (entries.length <= limit || last === undefined) return { entries: shown, headers: {} };
  const next = new URLSearchParams(query);
  next.set('n', String(limit));
  next.set('last', nameOf(last));
  return { entries: shown, headers: { Link: `<${path}?${next}>; rel="next"` } };
}
