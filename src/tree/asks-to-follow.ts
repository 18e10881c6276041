/** Whether a link at a path's end is followed: a trailing slash or `/.` asks for it. */
export function asksToFollow(path: string): boolean {
  return /\/\.?$/.test(path);
}
