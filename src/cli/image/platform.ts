/** `os[/arch[/variant]]` as the JSON that the API's `platform` query takes; undefined for none. */
export function encodePlatform(text: string): string | undefined {
  if (text === '') return undefined;
  const [os = '', architecture = '', variant] = text.split('/');
  return JSON.stringify({ architecture, os, ...(variant === undefined ? {} : { variant }) });
}
