/** `--name value`, or nothing for a value that says nothing. */
export function flag(name: string, value: string | number | null | undefined): string[] {
  return value === undefined || value === null || value === '' || value === 0
    ? []
    : [`--${name}`, String(value)];
}

/** `--name` for what is so. */
export function toggle(name: string, value: boolean | null | undefined): string[] {
  return value ? [`--${name}`] : [];
}

/** `--name value` for each. */
export function each(name: string, values: readonly string[] | null | undefined): string[] {
  return (values ?? []).flatMap((value) => [`--${name}`, value]);
}

/** `--name key=value` for each pair, but for those that are inherited as they are. */
export function pairs(
  name: string,
  values: Readonly<Record<string, string>> | null | undefined,
  inherited?: Readonly<Record<string, string>> | null,
): string[] {
  const own = Object.entries(values ?? {}).filter(([key, value]) => inherited?.[key] !== value);
  return each(
    name,
    own.map(([key, value]) => `${key}=${value}`),
  );
}
