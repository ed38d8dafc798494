/**
 * The path, from the root of Lab, of a file of the deployment; null where Lab cannot reach it.
 *
 * `roots` are the ways to write the root of Lab: whole, and with ~ where `home` has it too.
 */
export function labPath(
  path: string,
  home: string,
  roots: readonly string[]
): string | null {
  const whole = path.startsWith('/') ? path : `${home}/${path}`;
  for (const root of roots) {
    const start = `${root.replace(/\/+$/, '')}/`;
    if (root && whole.startsWith(start)) {
      return whole.slice(start.length);
    }
  }
  return null;
}
