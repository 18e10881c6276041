import { formatApiVersion, newestApiVersion, type Operation } from '#api';
import { ClientGone, type HeaderFields, type HttpHandler, type HttpResponse } from '#serve/http';
import { encodeJson, jsonType } from './answers.ts';
import { archiveHandlers } from './archive.ts';
import { attachWebSocketHandlers } from './attach-websocket.ts';
import { buildHandlers } from './build/handlers.ts';
import { sessionHandlers } from './build/sessions.ts';
import { checkpointHandlers } from './checkpoints.ts';
import { commitHandlers } from './commit.ts';
import { containerHandlers } from './containers.ts';
import { debugHandlers } from './debug.ts';
import { errorBody, errorStatus } from './errors.ts';
import { eventHandlers } from './events.ts';
import { execHandlers } from './exec.ts';
import { imageArchiveHandlers } from './image-archives.ts';
import { imageHealthHandlers } from './image-health.ts';
import { imagePushHandlers } from './image-push.ts';
import { imageHandlers } from './images.ts';
import { logHandlers } from './logs.ts';
import { withoutModules } from './modules.ts';
import { networkHandlers } from './networks.ts';
import { pruneHandlers } from './prune.ts';
import { remoteImageHandlers } from './remote-images.ts';
import { matchRoute } from './router.ts';
import { secretHandlers } from './secrets.ts';
import { streamHandlers } from './streams.ts';
import { systemHandlers } from './system.ts';
import type { DockerApiParts, Handlers } from './types.ts';
import { volumeArchiveHandlers } from './volume-archives.ts';
import { volumeSnapshotHandlers } from './volume-snapshots.ts';
import { volumeHandlers } from './volumes.ts';
import { withHeaders } from './with-headers.ts';

/** The Docker API as one handler. It answers every request, also with its errors. */
export function createDockerApi(parts: DockerApiParts): HttpHandler {
  const all: Handlers<Operation> = {
    ...systemHandlers(parts),
    ...containerHandlers(parts),
    ...streamHandlers(parts),
    ...attachWebSocketHandlers(parts),
    ...logHandlers(parts),
    ...archiveHandlers(parts),
    ...buildHandlers(parts),
    ...sessionHandlers(parts),
    ...commitHandlers(parts),
    ...pruneHandlers(parts),
    ...checkpointHandlers(),
    ...debugHandlers(parts),
    ...execHandlers(parts),
    ...imageHandlers(parts),
    ...imageArchiveHandlers(parts),
    ...imageHealthHandlers(parts),
    ...imagePushHandlers(parts),
    ...remoteImageHandlers(parts),
    ...networkHandlers(parts),
    ...volumeHandlers(parts),
    ...volumeArchiveHandlers(parts),
    ...volumeSnapshotHandlers(parts),
    ...secretHandlers(parts),
    ...eventHandlers(parts),
  };
  const { engineVersion, disabledModules, oldestVersion } = parts.system.facts();
  const handlers = withoutModules(all, disabledModules);
  const fields = commonHeaders(engineVersion);

  return async (request, bareResponse) => {
    const response = withHeaders(bareResponse, fields);
    try {
      if (request.method === 'OPTIONS') return response.send(200, {});
      const { operation, params, version } = matchRoute(request.method, request.path, oldestVersion);
      parts.log.debug('request', { method: request.method, path: request.path, operation });
      await handlers[operation]({ request, response, params, version, signal: request.signal });
    } catch (error) {
      answerError(response, error);
      const status = errorStatus(error);
      if (status !== 500 || request.signal.aborted || error instanceof ClientGone) return;
      parts.log.error('request failed', { method: request.method, path: request.path, error: String(error) });
    }
  };
}

function commonHeaders(engineVersion: string): HeaderFields {
  return {
    'Api-Version': formatApiVersion(newestApiVersion),
    'Docker-Experimental': 'false',
    Ostype: 'linux',
    Server: `Docker/${engineVersion} (linux)`,
  };
}

function answerError(response: HttpResponse, error: unknown): void {
  if (response.started) {
    if (!response.complete) response.abort();
    return;
  }
  const status = errorStatus(error);
  if (status === 304) response.send(status, {});
  else response.send(status, jsonType, encodeJson(errorBody(error)));
}
