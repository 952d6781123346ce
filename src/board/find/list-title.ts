import type { Answer } from './find.ts';

/** Returns the title of the list of pods. `isEarlier` is true if the list is for earlier needs of the visitor, not for the current ones. */
export function listTitleOf(
  { question, placement: { totalCount, coverage } }: Pick<Answer, 'question' | 'placement'>,
  isEarlier: boolean,
): string {
  const pods = totalCount === 0 ? 'No pod' : totalCount === 1 ? '1 pod' : `${totalCount} pods`;
  if (isEarlier) return `${pods} for your earlier needs`;
  if (totalCount === 0 && coverage.failures.length > 0) return 'No pod found yet';
  if (totalCount > 0 && Object.keys(question.needs).length === 0) return `${pods} available`;
  return `${pods} ${totalCount > 1 ? 'meet' : 'meets'} all needs`;
}
