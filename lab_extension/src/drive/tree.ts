/** A flat list of files as folders. Pure. */
import type { IDagFile } from '../api/files';

export interface IFolder {
  folders: string[];
  files: IDagFile[];
}

/** What lies directly in a folder ('' = the top), or null if there is no such folder. */
export function listFolder(
  files: readonly IDagFile[],
  folder: string,
  made: readonly string[] = []
): IFolder | null {
  const prefix = folder ? `${folder}/` : '';
  const inside = files.filter(file => file.path.startsWith(prefix));
  const mine = made.filter(one => one.startsWith(prefix) && one !== folder);
  if (folder && !inside.length && !mine.length && !made.includes(folder)) {
    return null;
  }
  const names = [
    ...inside.map(file => file.path),
    ...mine.map(one => `${one}/`)
  ]
    .map(path => path.slice(prefix.length))
    .filter(path => path.includes('/'))
    .map(path => path.slice(0, path.indexOf('/')));
  return {
    folders: [...new Set(names)].sort(),
    files: inside.filter(file => !file.path.slice(prefix.length).includes('/'))
  };
}

/** A name that is free in a folder: "dag.py", "dag1.py", "dag2.py". */
export function freeName(
  stem: string,
  ext: string,
  taken: readonly string[]
): string {
  for (let n = 0; ; n += 1) {
    const name = `${stem}${n || ''}${ext}`;
    if (!taken.includes(name)) {
      return name;
    }
  }
}

export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

export function join(folder: string, name: string): string {
  return folder ? `${folder}/${name}` : name;
}

/** A path without slashes at its ends. */
export function clean(path: string): string {
  return path.replace(/^\/+|\/+$/g, '');
}
