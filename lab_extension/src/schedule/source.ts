/** A notebook of the user's own server, as the service gets it. Pure. */
import type { JSONObject } from '@lumino/coreutils';

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

/** A notebook file's content. */
export function parseNotebook(path: string, text: string): JSONObject {
  const name = path.slice(path.lastIndexOf('/') + 1);
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    throw new Error(`${name} is not a notebook: it is no JSON.`);
  }
  if (typeof content !== 'object' || !content || Array.isArray(content)) {
    throw new Error(`${name} is not a notebook of format 4.`);
  }
  return content as JSONObject;
}
