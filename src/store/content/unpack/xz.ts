import xz from 'xz-decompress';

/** The plain form of an xz stream. @throws Error, when it is broken or cut */
export async function* unpackXz(source: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  const packed = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await source.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
  });
  for await (const piece of new xz.XzReadableStream(packed)) yield piece;
}
