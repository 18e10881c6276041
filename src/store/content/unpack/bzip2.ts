import unbzip2 from 'unbzip2-stream';

/** The plain form of a bzip2 stream. @throws Error, when it is broken or cut */
export async function* unpackBzip2(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const outputs: Uint8Array[] = [];
  let failure: Error | undefined;
  const unpacker = unbzip2();
  unpacker.on('data', (bytes: Uint8Array) => outputs.push(bytes));
  unpacker.on('error', (error: Error) => {
    failure = error;
  });
  const ready = () => {
    if (failure !== undefined) throw failure;
    return outputs.splice(0);
  };
  for await (const piece of source) {
    unpacker.write(Buffer.from(piece));
    yield* ready();
  }
  unpacker.end();
  yield* ready();
}
