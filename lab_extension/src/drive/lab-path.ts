/** The path, from the root of Lab, of a file of the deployment; null where Lab cannot reach it. */
export function labPath(
  path: string,
  home: string,
  labRoot: string
): string | null {
  const whole = path.startsWith('/') ? path : `${home}/${path}`;
  const root = labRoot.replace(/\/+$/, '');
  return whole.startsWith(`${root}/`) ? whole.slice(root.length + 1) : null;
}
