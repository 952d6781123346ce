/** Claims `name` for this tab. Resolves to true in the first tab of the browser that claims this name, and to false in the other tabs. */
export type Claim = (name: string) => Promise<boolean>;

/**
 * How long a claim lasts, in milliseconds. Browsers delay the timers of background tabs by up to a minute, so a tab may claim a name a
 * minute after another tab has claimed it. The other tab's claim must still be valid then.
 */
const CLAIM_MS = 120_000;

/** Claims names by Web Locks. If the browser refuses locks, every claim succeeds, as if no other tab existed. */
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
