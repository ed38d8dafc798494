/** Where a notebook lies on the user's own server. Pure. */

/** The absolute folder of a path from the Lab root; null where the root is not known. */
export function folderOf(serverRoot: string, localPath: string): string | null {
  if (!serverRoot.startsWith('/')) {
    return null;
  }
  const end = localPath.lastIndexOf('/');
  const folder = end < 0 ? '' : localPath.slice(0, end);
  const root = serverRoot.replace(/\/+$/, '');
  return folder ? `${root}/${folder}` : root || '/';
}
