/** Longer than any name of RunPod's. What is beyond is neither compared nor repeated. */
export const MAX_NAME_LENGTH = 100;

/** A name for comparison: in any case, and without white space around it. */
export const fold = (text: string): string => text.trim().toLowerCase();

/** A name for comparison that also ignores all white space and hyphens: 'rtx4090' for 'RTX 4090' and 'RTX-4090'. */
export const squash = (text: string): string => text.replace(/[\s-]+/g, '').toLowerCase();

/** A client's text, safe to repeat in a message. */
export function quote(text: string): string {
  return JSON.stringify(text.length > MAX_NAME_LENGTH ? `${text.slice(0, MAX_NAME_LENGTH)}…` : text);
}
