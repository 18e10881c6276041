/**
 * `os[/arch[/variant]]` as the JSON that the API's `platform` query takes; undefined for none.
 * @throws Error for what names no platform; `complaint` is how the command begins to say so
 */
export async function encodePlatform(text: string, complaint = ''): Promise<string | undefined> {
  if (text === '') return undefined;
  const { parsePlatform } = await import('#oci');
  try {
    const { os, architecture, variant } = parsePlatform(text);
    return JSON.stringify({ architecture, os, ...(variant === undefined ? {} : { variant }) });
  } catch (error) {
    throw new Error(`${complaint}${(error as Error).message}`);
  }
}

export const invalidPlatform = 'invalid platform: ';
