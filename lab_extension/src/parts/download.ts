/** Hand a file to the browser, which saves it under the name. */
export function download(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser has to have begun to read it before the address goes.
  window.setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
