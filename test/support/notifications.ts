import type { BrowserContext, Page } from 'playwright-core';

/** Replaces the browser's notifications with a recorder in every page that is loaded from now on. */
export async function recordNotifications(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    const notifications: string[] = [];
    class RecordedNotification extends EventTarget {
      static permission = 'granted';
      constructor(_title: string, { body }: { body: string }) {
        super();
        notifications.push(body);
      }
    }
    Object.assign(globalThis, { Notification: RecordedNotification, notifications });
  });
}

/** Returns the texts of the notifications that a page has sent. */
export const notificationsOf = (page: Page): Promise<readonly string[]> => page.evaluate('notifications');
