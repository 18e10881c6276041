import { decodeFilters, type Operation, type SecretView, secretSpec } from '#api';
import { EngineError, formatTimestamp } from '#base';
import type { SecretKind, SecretRecord, Secrets } from '#engine/secrets';
import { readJson, sendJson, sendNothing } from './answers.ts';
import type { Call, DockerApiParts, Handlers } from './types.ts';

type OperationsOf<Kind extends SecretKind> = Extract<
  Operation,
  `${Kind}${'List' | 'Create' | 'Inspect' | 'Update' | 'Remove'}`
>;

export function secretHandlers({
  secrets,
}: DockerApiParts): Handlers<OperationsOf<'secret'> | OperationsOf<'config'>> {
  const { list, create, inspect, update, remove } = verbsOf('secret', secrets.secret);
  const configs = verbsOf('config', secrets.config);
  return {
    secretList: list,
    secretCreate: create,
    secretInspect: inspect,
    secretUpdate: update,
    secretRemove: remove,
    configList: configs.list,
    configCreate: configs.create,
    configInspect: configs.inspect,
    configUpdate: configs.update,
    configRemove: configs.remove,
  };
}

function verbsOf(kind: SecretKind, store: Secrets) {
  const view = (record: SecretRecord) => encodeSecret(record, kind === 'config' ? store : undefined);
  return {
    async list(call: Call) {
      sendJson(call, 200, store.list(decodeFilters(call.request.query)).map(view));
    },
    async create(call: Call) {
      const { name, labels, content = Buffer.alloc(0) } = await readSpec(call, kind);
      sendJson(call, 201, { ID: store.create({ name, labels, content }).id });
    },
    async inspect(call: Call) {
      sendJson(call, 200, view(store.find(refOf(call))));
    },
    async update(call: Call) {
      const version = call.request.query.get('version') ?? '';
      if (!/^\d{1,15}$/.test(version)) throw new EngineError('invalid', `invalid ${kind} version`);
      store.update(refOf(call), { version: Number(version), ...(await readSpec(call, kind)) });
      sendNothing(call, 200);
    },
    async remove(call: Call) {
      store.remove(refOf(call));
      sendNothing(call);
    },
  };
}

interface ReadSpec {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly content?: Buffer;
}

/** @throws EngineError invalid */
async function readSpec(call: Call, kind: SecretKind): Promise<ReadSpec> {
  const { Name, Labels, Data, Driver, Templating } = await readJson(call, secretSpec);
  if (Driver !== null && Driver.Name !== '') {
    throw new EngineError('invalid', `${kind}s of a driver need a cluster`);
  }
  if (Templating !== null && Templating.Name !== '') {
    throw new EngineError('invalid', `templates of ${kind}s need a cluster`);
  }
  return { name: Name, labels: Labels ?? {}, ...(Data !== undefined && { content: decodeData(Data) }) };
}

function decodeData(text: string): Buffer {
  const content = Buffer.from(text, 'base64');
  if (content.toString('base64').replace(/=+$/, '') === text.replace(/=+$/, '')) return content;
  throw new EngineError('invalid', 'illegal base64 data');
}

function encodeSecret(record: SecretRecord, contents: Secrets | undefined): SecretView {
  const data = contents && Buffer.from(contents.read(record.id)).toString('base64');
  return {
    ID: record.id,
    Version: { Index: record.version },
    CreatedAt: formatTimestamp(record.createdNs),
    UpdatedAt: formatTimestamp(record.updatedNs),
    Spec: { Name: record.name, Labels: record.labels, ...(data !== undefined && { Data: data }) },
  };
}

function refOf({ params }: Call): string {
  return params.id ?? '';
}
