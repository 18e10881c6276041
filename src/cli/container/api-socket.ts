import type { ConfigFile } from '../config-file.ts';
import type { Session } from '../session.ts';
import type { RunRequest } from './create-options/index.ts';
import { containerPath } from './path.ts';

const socketPath = '/var/run/docker.sock';
const configFolder = '/run/secrets/docker';

/** The request of a container that reaches the daemon, and finds the user's credentials when there are any. */
export function withApiSocket(request: RunRequest, config: ConfigFile): RunRequest {
  const { body } = request;
  const socket = { Type: 'bind', Source: socketPath, Target: socketPath, BindOptions: {} };
  const variables = hasCredentials(config) ? [`DOCKER_CONFIG=${configFolder}`] : [];
  const env = [...(body.Env ?? []), ...variables];
  return {
    ...request,
    body: {
      ...body,
      Env: env.length === 0 ? null : env,
      HostConfig: { ...body.HostConfig, Mounts: [...(body.HostConfig.Mounts ?? []), socket] },
    },
  };
}

/** Puts the user's credentials into a container that has not started yet; no others can read them there. */
export async function placeCredentials({ client, config }: Session, id: string): Promise<void> {
  if (!hasCredentials(config)) return;
  const { packFile } = await import('../archive/index.ts');
  const content = Buffer.from(JSON.stringify({ auths: config.auths }, undefined, '\t'));
  const body = packFile({ name: `${configFolder}/config.json`, mode: 0o600 }, content);
  await client.call({
    method: 'PUT',
    path: containerPath(id, 'archive'),
    query: { path: '/', noOverwriteDirNonDir: 'true' },
    body,
  });
}

function hasCredentials({ auths = {} }: ConfigFile): boolean {
  return Object.keys(auths).length > 0;
}
