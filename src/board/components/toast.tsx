import type { Notifications } from '../alerts/notifications.ts';

/** Tells what a bell has rung for, to eyes and to screen readers, until it is dismissed. */
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
