import { digestOf, EngineError } from '#base';
import type { MessageOf } from '#grpc';
import { type ImageConfigFile, parseImageConfig } from '#oci';
import * as gateway from './messages/gateway.ts';

type Definition = MessageOf<typeof gateway.definition>;

/** What builds of our own have made, as sources of definitions call it. */
const scheme = 'wharf-built://';

/** A graph that stands for what a build has made, for a client that gives it to another build. */
export function defineBuilt(config: ImageConfigFile): Definition {
  const attrs = { config: JSON.stringify(config) };
  const source = gateway.operation.encode({ source: { identifier: scheme, attrs } });
  const last = gateway.operation.encode({ inputs: [{ digest: digestOf(source), index: 0 }] });
  const def = [source, last];
  return { def, metadata: def.map((bytes) => ({ key: digestOf(bytes), value: {} })) };
}

/** What was defined so. @throws EngineError notImplemented, for any other graph; invalid */
export function readBuilt(name: string, definition: Definition | undefined): ImageConfigFile {
  const sources = (definition?.def ?? []).flatMap((bytes) => gateway.operation.decode(bytes).source ?? []);
  const [source, another] = sources;
  const config = source?.identifier === scheme && another === undefined ? source.attrs.config : undefined;
  if (config === undefined) {
    throw new EngineError(
      'notImplemented',
      `the context ${name} is a graph of its own, which is not supported`,
    );
  }
  return parseImageConfig(config);
}
