import { type ApiRequest, segment } from '#client';

/** The path of a container, or of one of its verbs. */
export function containerPath(name: string, verb?: string): string {
  return `/containers/${segment(name)}${verb === undefined ? '' : `/${verb}`}`;
}

/** A `POST` to one of a container's verbs. */
export function containerPost(name: string, verb: string, query: ApiRequest['query'] = {}): ApiRequest {
  return { method: 'POST', path: containerPath(name, verb), query };
}
