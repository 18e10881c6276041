import { messages, parseUnixMoment, readFlag } from '#api';
import { EngineError } from '#base';
import type { LogOptions } from '#engine/containers';
import { sendNothing } from './answers.ts';
import { idOf } from './containers.ts';
import { streamType } from './splice.ts';
import type { Call, DockerApiParts, Handlers } from './types.ts';

export function logHandlers({
  containers,
}: DockerApiParts): Handlers<'containerLogs' | 'containerLogsClear'> {
  return {
    async containerLogs(call) {
      const { framed, chunks } = await containers.logs(idOf(call), logOptions(call), call.signal);
      const { response } = call;
      response.start(200, { 'Content-Type': streamType(framed, call.version) });
      for await (const chunk of chunks) await response.write(chunk);
      response.end();
    },
    async containerLogsClear(call) {
      await containers.clearLogs(idOf(call));
      sendNothing(call);
    },
  };
}

function logOptions({ request }: Call): LogOptions {
  const { query } = request;
  const stdout = readFlag(query, 'stdout');
  const stderr = readFlag(query, 'stderr');
  if (!stdout && !stderr) throw new EngineError('invalid', messages.noLogStream);
  const sinceNs = parseUnixMoment(query.get('since'));
  const untilNs = parseUnixMoment(query.get('until'));
  const tail = query.get('tail') ?? 'all';
  return {
    stdout,
    stderr,
    follow: readFlag(query, 'follow'),
    timestamps: readFlag(query, 'timestamps'),
    details: readFlag(query, 'details'),
    ...(sinceNs !== undefined && { sinceNs }),
    ...(untilNs !== undefined && { untilNs }),
    // Whatever is no number means all.
    ...(/^\d{1,15}$/.test(tail) && { tail: Number(tail) }),
  };
}
