import type { ApiClient, HijackedStream } from '#client';
import { containerPath } from './path.ts';

export interface AttachOptions {
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly detachKeys: string;
}

/** Attaches to a container's streams; from then on its output comes to us. */
export function attachStream(
  client: ApiClient,
  containerId: string,
  options: AttachOptions,
): Promise<HijackedStream> {
  const { stdin, stdout, stderr, detachKeys } = options;
  return client.hijack({
    method: 'POST',
    path: containerPath(containerId, 'attach'),
    query: { stream: true, stdin, stdout, stderr, detachKeys: detachKeys || undefined },
  });
}
