import type { News } from '../alerts/notifications.ts';

/** Tells what a bell has rung for, to eyes and to screen readers, until it is dismissed. */
export function Toast({ news }: { readonly news: News }) {
  const message = news.message.value;
  return (
    <div class="toasts" role="status">
      {message !== '' && (
        <div class="toast">
          <p>{message}</p>
          <button type="button" class="button" onClick={news.dismiss}>
            Dismiss
          </button>
        </div>
      )}
    </div>
  );
}
