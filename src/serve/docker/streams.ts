import { type ContainerWaitResponse, readFlag, readText, sinceMinor, type WaitCondition } from '#api';
import { EngineError } from '#base';
import type { AttachOptions } from '#engine/containers';
import { encodeJson, jsonType, sendJson } from './answers.ts';
import { idOf } from './containers.ts';
import { hijack, splice } from './splice.ts';
import type { Call, DockerApiParts, Handlers } from './types.ts';

type StreamOperation = 'containerAttach' | 'containerWait' | 'containerStats';

export function streamHandlers({ containers }: DockerApiParts): Handlers<StreamOperation> {
  return {
    async containerAttach(call) {
      const attached = await containers.attach(idOf(call), attachOptions(call));
      await splice(await hijack(call, attached.framed), attached);
    },
    async containerWait(call) {
      const { result } = containers.wait(idOf(call), waitCondition(call), call.signal);
      result.catch(() => {});
      // The client starts the container only when it sees that the wait is on.
      if (sinceMinor(call.version, 30)) call.response.start(200, jsonType);
      const { exitCode, error } = await result;
      const answer: ContainerWaitResponse = {
        StatusCode: exitCode,
        ...(error !== '' && { Error: { Message: error } }),
      };
      if (!call.response.started) return sendJson(call, 200, answer);
      await call.response.write(encodeJson(answer));
      call.response.end();
    },
    async containerStats(call) {
      const { query } = call.request;
      const stream = readFlag(query, 'stream', true);
      const oneShot = readFlag(query, 'one-shot');
      if (stream && oneShot) throw new EngineError('invalid', 'cannot have stream=true and one-shot=true');
      const samples = containers.stats(idOf(call), { stream, oneShot }, call.signal);
      for await (const sample of samples) {
        if (!call.response.started) call.response.start(200, jsonType);
        await call.response.write(encodeJson(sample));
      }
      call.response.end();
    },
  };
}

/** What the query of an attach asks for. */
export function attachOptions({ request }: Call): AttachOptions {
  const { query } = request;
  const detachKeys = readText(query, 'detachKeys');
  return {
    stdin: readFlag(query, 'stdin'),
    stdout: readFlag(query, 'stdout'),
    stderr: readFlag(query, 'stderr'),
    logs: readFlag(query, 'logs'),
    stream: readFlag(query, 'stream'),
    ...(detachKeys !== undefined && { detachKeys }),
  };
}

const waitConditions: readonly string[] = ['not-running', 'next-exit', 'removed'] satisfies WaitCondition[];

function waitCondition({ request, version }: Call): WaitCondition {
  const condition = readText(request.query, 'condition');
  if (condition === undefined || !sinceMinor(version, 30)) return 'not-running';
  if (waitConditions.includes(condition)) return condition as WaitCondition;
  throw new EngineError('invalid', `invalid condition: ${JSON.stringify(condition)}`);
}
