import type { Notifications } from '../alerts/notifications.ts';
import { moveFocusTo } from '../browser/move-focus.ts';
import type { CellKey } from '../state/cell.ts';

interface ToastProps {
  readonly notifications: Notifications;
  readonly onChoose: (key: CellKey) => void;
}

/**
 * Shows which cells have become available, until the visitor dismisses the message. A click on a cell leads to this cell in the table.
 * Screen readers read the message out.
 */
export function Toast({ notifications, onChoose }: ToastProps) {
  const { named, more } = notifications.report.value;
  const dismiss = () => {
    notifications.dismiss();
    moveFocusTo('main');
  };
  return (
    <div class="toasts" role="status">
      {named.length > 0 && (
        <div class="toast">
          <p>
            Available now:{' '}
            {named.map(({ key, text }) => (
              <button key={key} type="button" class="link" onClick={() => onChoose(key)}>
                {text}
              </button>
            ))}
            {more > 0 && `and ${more} more`}
          </p>
          <button type="button" class="button" onClick={dismiss}>
            Dismiss
          </button>
        </div>
      )}
    </div>
  );
}
