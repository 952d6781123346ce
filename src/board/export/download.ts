/** How long the browser may take to begin the download, in milliseconds. */
const DOWNLOAD_START_MS = 10_000;

/** Lets the browser save a text as a file. `type` is its media type. */
export function download(text: string, { name, type }: { readonly name: string; readonly type: string }): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), DOWNLOAD_START_MS);
}
