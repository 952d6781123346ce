/** Quotes a text for a POSIX shell, so that the shell passes on each character as it is. */
export const quoteForShell = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

/** A request that a visitor can send from a shell. */
export interface ShellRequest {
  readonly method: string;
  readonly url: string;
  /** The body of the request, in JSON. */
  readonly body: string;
  /** The name of the environment variable with the key that the server requires; null if it requires none. */
  readonly keyVariable: string | null;
}

/**
 * Returns a command that sends a request with JSON. The shell inserts the key from its environment, so that the command does not contain
 * the key.
 */
export function toCurl({ method, url, body, keyVariable }: ShellRequest): string {
  const lines = [
    `curl -X ${method} ${quoteForShell(url)}`,
    `-H 'Content-Type: application/json'`,
    ...(keyVariable === null ? [] : [`-H "Authorization: Bearer $${keyVariable}"`]),
    `--data-raw ${quoteForShell(body)}`,
  ];
  return lines.join(' \\\n  ');
}
