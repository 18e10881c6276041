import type { ContainerInspect, ImageInspect } from '#api';
import { type ApiClient, ApiError, type ApiRequest } from '#client';

/** An engine that a container is moved from or to. */
export interface Side {
  readonly client: ApiClient;
  /** How it is called in messages. */
  readonly name: string;
  /** That it has this engine's own routes. */
  readonly isWharf: boolean;
}

export async function openSide(client: ApiClient, name: string): Promise<Side> {
  const version = await client.json<{ readonly Platform?: { readonly Name?: string } }>({
    method: 'GET',
    path: '/version',
  });
  return { client, name, isWharf: version.Platform?.Name === 'Wharf' };
}

/** What a GET answers; undefined when nothing is there. */
export async function tryGet<T>({ client }: Side, path: ApiRequest['path']): Promise<T | undefined> {
  try {
    return await client.json<T>({ method: 'GET', path });
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
}

/** Everything that is to be moved. */
export interface Cargo {
  readonly container: ContainerInspect;
  /** Without the slash. */
  readonly name: string;
  readonly image: ImageInspect;
}
