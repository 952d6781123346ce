/** The maximum length of a name that is searched for, in characters. Longer names are truncated in messages. RunPod's names are shorter. */
export const MAX_NAME_LENGTH = 100;

/** Returns a name in lower case and without white space around it, for comparison. */
export const fold = (text: string): string => text.trim().toLowerCase();

/** Returns a name in lower case without white space and hyphens: 'rtx4090' for both 'RTX 4090' and 'RTX-4090'. */
export const squash = (text: string): string => text.replace(/[\s-]+/g, '').toLowerCase();

/** Returns a client's text in quotes, escaped and shortened, for use in a message. */
export function quote(text: string): string {
  return JSON.stringify(text.length > MAX_NAME_LENGTH ? `${text.slice(0, MAX_NAME_LENGTH)}…` : text);
}
