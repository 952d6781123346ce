/**
 * Returns at most the first `length` characters of a text from RunPod, for the log. The log recognises and redacts only complete secrets.
 * The text is therefore cut between two words, because a part of a secret would not be redacted.
 */
export const excerpt = (text: string, length: number): string =>
  text.length <= length ? text : `${text.slice(0, length).replace(/[^\s"'<>]*$/, '')}…`;
