import { OperationTooComplexError } from '../domain/errors.ts';

/** The maximum number of errors that one operation reports. */
const MAX_ERRORS = 100;
/** The maximum total length of the errors that one operation reports, in characters. */
const MAX_ERROR_LENGTH = 100_000;

/** The maximum number of unknown GPU type names in one operation for which errors suggest similar names. */
const MAX_SUGGESTIONS = 3;

/** Counts the errors of one operation, and limits how many of them are reported. */
export class ErrorAllowance {
  #errors = 0;
  #length = 0;
  #isSummarised = false;
  readonly #suggested = new Set<string>();

  /** Whether `spend` has returned the summary of errors. */
  get isSummarised(): boolean {
    return this.#isSummarised;
  }

  /**
   * Counts an error. Returns the error itself while the limits are not exceeded. After that, returns one summary, and then `null` for each
   * later error.
   */
  spend(error: unknown): unknown {
    this.#errors += 1;
    this.#length += String(error).length;
    if (this.#errors <= MAX_ERRORS && this.#length <= MAX_ERROR_LENGTH) return error;
    if (this.#isSummarised) return null;
    this.#isSummarised = true;
    return new OperationTooComplexError(
      `Too many fields of this operation fail; the limit is ${MAX_ERRORS} errors. Fields after this one may be null without an error.`,
    );
  }

  /** Whether the error about the unknown GPU type `name` may suggest similar names. */
  maySuggest(name: string): boolean {
    if (this.#suggested.size < MAX_SUGGESTIONS) this.#suggested.add(name);
    return this.#suggested.has(name);
  }
}
