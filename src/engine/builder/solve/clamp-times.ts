import type { TarMembers } from '#oci';

/** Members of which none is younger than a time, in seconds since 1970; as they are when there is none. */
export async function* clampTimes(members: TarMembers, latestSeconds: number | undefined): TarMembers {
  if (latestSeconds === undefined) return yield* members;
  for await (const item of members) {
    if (item.kind === 'content' || item.entry.mtimeSeconds < latestSeconds) yield item;
    else yield { ...item, entry: { ...item.entry, mtimeSeconds: latestSeconds, mtimeNanos: 0 } };
  }
}
