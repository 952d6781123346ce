/** Returns whether this tab is the first of the browser that claims `name`. */
export type Claim = (name: string) => Promise<boolean>;

/**
 * How long a claim lasts, in milliseconds. Browsers delay the timers of tabs in the background by up to a minute, so the last tab
 * that hears of something may come that much later than the first.
 */
const CLAIM_MS = 120_000;

/** Claims by Web Locks. If the browser refuses them, every claim succeeds, as in a tab that is alone. */
export function createClaims(locks: LockManager): Claim {
  return (name) =>
    new Promise((resolve) => {
      const hold = async (lock: Lock | null) => {
        resolve(lock !== null);
        if (lock !== null) await new Promise((release) => setTimeout(release, CLAIM_MS));
      };
      locks.request(`board-claim:${name}`, { ifAvailable: true }, hold).catch(() => resolve(true));
    });
}
