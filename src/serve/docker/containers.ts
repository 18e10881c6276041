import {
  type ContainerCreateResponse,
  type ContainerPruneResponse,
  type ContainerTopResponse,
  type ContainerUpdateResponse,
  containerCreateBody,
  containerUpdateRequest,
  decodeFilters,
  messages,
  readFlag,
  readInteger,
  readText,
  requireUnsigned,
  sinceMinor,
} from '#api';
import { EngineError } from '#base';
import type { StopOptions, TerminalSize } from '#engine/containers';
import { readRequiredJson, sendJson, sendNothing } from './answers.ts';
import { encodeContainerInspect } from './container-inspect.ts';
import { encodeContainerSummary } from './container-summary.ts';
import { adaptCreateRequest } from './create-request.ts';
import { manifestFields } from './manifest-field.ts';
import type { Call, DockerApiParts, Handlers } from './types.ts';

type ContainerOperation =
  | 'containerList'
  | 'containerCreate'
  | 'containerPrune'
  | 'containerInspect'
  | 'containerChanges'
  | 'containerTop'
  | 'containerResize'
  | 'containerStart'
  | 'containerStop'
  | 'containerRestart'
  | 'containerKill'
  | 'containerRename'
  | 'containerUpdate'
  | 'containerPause'
  | 'containerUnpause'
  | 'containerRemove';

/** Bytes of a body that start tolerates: what old clients sent as an empty JSON value. */
const startBodyBytes = 7;

/** A client that leaves does not undo what it asked for. */
const untilDone = new AbortController().signal;

export function containerHandlers({ containers, images }: DockerApiParts): Handlers<ContainerOperation> {
  return {
    async containerList(call) {
      const { query } = call.request;
      const limit = readInteger(query, 'limit');
      const rows = await containers.list({
        all: readFlag(query, 'all'),
        sizes: readFlag(query, 'size'),
        filter: decodeFilters(query),
        ...(limit !== undefined && limit > 0 && { limit }),
      });
      const manifestField = manifestFields(images, call.version);
      sendJson(
        call,
        200,
        rows.map((row) => ({
          ...encodeContainerSummary(row, call.version.minor),
          ...manifestField(row.record.image.id),
        })),
      );
    },
    async containerCreate(call) {
      const asked = await readRequiredJson(call, containerCreateBody);
      if (asked === null) throw new EngineError('invalid', messages.emptyConfig);
      const request = adaptCreateRequest(asked, call.version);
      const name = readText(call.request.query, 'name');
      const platform = readText(call.request.query, 'platform');
      const options = {
        ...(name !== undefined && { name }),
        ...(platform !== undefined && { platform }),
        // That binds for reading reach below came with 1.44.
        ...(!sinceMinor(call.version, 44) && { sparesBelow: true }),
      };
      const { id, warnings } = await containers.create(request, options, untilDone);
      sendJson(call, 201, { Id: id, Warnings: warnings } satisfies ContainerCreateResponse);
    },
    async containerPrune(call) {
      const { removed, reclaimedBytes } = await containers.prune(decodeFilters(call.request.query));
      const answer: ContainerPruneResponse = {
        ContainersDeleted: removed.length === 0 ? null : removed,
        SpaceReclaimed: reclaimedBytes,
      };
      sendJson(call, 200, answer);
    },
    async containerInspect(call) {
      const view = await containers.inspect(idOf(call), { sizes: readFlag(call.request.query, 'size') });
      const manifest = manifestFields(images, call.version)(view.image.id);
      sendJson(call, 200, { ...encodeContainerInspect(view, call.version), ...manifest });
    },
    async containerChanges(call) {
      sendJson(call, 200, await containers.changes(idOf(call)));
    },
    async containerTop(call) {
      const table = await containers.top(idOf(call), readText(call.request.query, 'ps_args'));
      sendJson(call, 200, {
        Titles: table.titles,
        Processes: table.processes,
      } satisfies ContainerTopResponse);
    },
    async containerResize(call) {
      await containers.resize(idOf(call), sizeOf(call));
      sendNothing(call, 200);
    },
    async containerStart(call) {
      const body = await call.request.readBody(1 << 20);
      if (body.length > startBodyBytes) {
        throw new EngineError(
          'invalid',
          'starting container with non-empty request body was deprecated since API v1.22 and removed in v1.24',
        );
      }
      if (readText(call.request.query, 'checkpoint') !== undefined) {
        throw new EngineError('invalid', 'checkpoint is only supported in experimental mode');
      }
      await containers.start(idOf(call));
      sendNothing(call);
    },
    async containerStop(call) {
      await containers.stop(idOf(call), stopOptions(call));
      sendNothing(call);
    },
    async containerRestart(call) {
      await containers.restart(idOf(call), stopOptions(call));
      sendNothing(call);
    },
    async containerKill(call) {
      await containers.kill(idOf(call), readText(call.request.query, 'signal'));
      sendNothing(call);
    },
    async containerRename(call) {
      await containers.rename(idOf(call), call.request.query.get('name') ?? '');
      sendNothing(call);
    },
    async containerUpdate(call) {
      const change = await readRequiredJson(call, containerUpdateRequest);
      const { warnings } = await containers.update(idOf(call), change);
      const answer: ContainerUpdateResponse = { Warnings: warnings.length === 0 ? null : warnings };
      sendJson(call, 200, answer);
    },
    async containerPause(call) {
      await containers.pause(idOf(call));
      sendNothing(call);
    },
    async containerUnpause(call) {
      await containers.unpause(idOf(call));
      sendNothing(call);
    },
    async containerRemove(call) {
      const { query } = call.request;
      const options = { force: readFlag(query, 'force'), volumes: readFlag(query, 'v') };
      if (readFlag(query, 'link')) await containers.removeLink(idOf(call));
      else await containers.remove(idOf(call), options);
      sendNothing(call);
    },
  };
}

/** The container or exec instance that the path names. */
export function idOf(call: Call): string {
  return call.params.id ?? '';
}

/** The terminal size that the query gives. @throws EngineError invalid */
export function sizeOf(call: Call): TerminalSize {
  const { query } = call.request;
  return {
    rows: requireUnsigned(query, 'h', 'resize height'),
    columns: requireUnsigned(query, 'w', 'resize width'),
  };
}

function stopOptions(call: Call): StopOptions {
  const signal = readText(call.request.query, 'signal');
  const timeoutSeconds = readInteger(call.request.query, 't');
  return {
    ...(signal !== undefined && { signal }),
    ...(timeoutSeconds !== undefined && { timeoutSeconds }),
  };
}
