import type { Notifications } from '../alerts/notifications.ts';

/** Shows which GPU types have become available, until the visitor dismisses the message. Screen readers read the message out. */
export function Toast({ notifications }: { readonly notifications: Notifications }) {
  const message = notifications.message.value;
  return (
    <div class="toasts" role="status">
      {message !== '' && (
        <div class="toast">
          <p>{message}</p>
          <button type="button" class="button" onClick={notifications.dismiss}>
            Dismiss
          </button>
        </div>
      )}
    </div>
  );
}
