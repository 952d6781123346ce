import type { Bells } from '../alerts/bells.ts';
import type { Notifications } from '../alerts/notifications.ts';
import type { Board } from '../board.ts';
import { moveFocusTo } from '../browser/move-focus.ts';
import { FindView } from '../find/find-view.tsx';
import type { Views } from '../views.ts';
import { OutageBanner, RecordedBanner } from './banners.tsx';
import { Cheapest } from './cheapest.tsx';
import { FilterBar } from './filter-bar.tsx';
import { Header } from './header.tsx';
import { ForgetKey, KeyForm } from './key-form.tsx';
import { Legend } from './legend.tsx';
import { MatrixTable } from './matrix-table.tsx';
import { showCell } from './show-cell.ts';
import { Skeleton } from './skeleton.tsx';
import { StockBar } from './stock-bar.tsx';
import { Toast } from './toast.tsx';

interface AppProps {
  readonly board: Board;
  readonly views: Views;
  readonly bells: Bells;
  readonly notifications: Notifications;
}

/** The whole page. */
export function App({ board, views, bells, notifications }: AppProps) {
  return (
    <>
      <Header board={board} views={views} />
      <main id="main" tabIndex={-1}>
        {board.keyProblem.value !== null && (
          <KeyForm isWrong={board.keyProblem.value === 'wrong'} onKey={board.setKey} />
        )}
        <Content board={board} views={views} bells={bells} />
      </main>
      <div class="notices">
        <Toast
          notifications={notifications}
          onChoose={(key) => {
            views.show('matrix');
            // Preact draws the matrix before the next animation frame. The cell can get the focus only after that.
            requestAnimationFrame(() => showCell(board, key));
          }}
        />
        <OutageBanner board={board} />
      </div>
    </>
  );
}

/** The content below the header. All parts appear at the same time, so that no part moves when another one appears. */
function Content({ board, views, bells }: Omit<AppProps, 'notifications'>) {
  // While the client key is missing, nothing is shown. So the data disappears when the visitor removes the key.
  if (board.keyProblem.value === 'missing') return null;
  if (board.state.lists.value === null) return board.keyProblem.value === null ? <Skeleton /> : null;
  return (
    <>
      <RecordedBanner board={board} />
      {views.shown.value === 'matrix' ? <Matrix board={board} bells={bells} /> : <FindView board={board} />}
      {board.key.value !== null && <ForgetKey onForget={() => forgetKey(board)} />}
    </>
  );
}

function forgetKey(board: Board): void {
  board.setKey(null);
  moveFocusTo('main');
}

/** The view with the table of all cells. */
const Matrix = ({ board, bells }: Pick<AppProps, 'board' | 'bells'>) => (
  <>
    <FilterBar board={board} />
    <Cheapest board={board} />
    <StockBar board={board} />
    <MatrixTable board={board} bells={bells} />
    <Legend />
  </>
);
