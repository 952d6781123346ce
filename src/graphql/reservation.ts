import type { Shortage } from '../domain/errors.ts';

/** The room in memory that the answer to one operation takes while it is made. */
export interface Reservation {
  /** Adds bytes that are about to be made. Returns why they must not be, or `null`. */
  reserve(bytes: number): Shortage | null;
  /** Refuses the answer for another reason than its bytes. */
  refuse(shortage: Shortage): void;
  /** Why the answer was refused; `null` when it was not. */
  readonly shortage: () => Shortage | null;
  /** After a refusal, waits until the answer may be made from the start. Resolves to `false` when that takes too long. */
  waitForRoom(): Promise<boolean>;
}
