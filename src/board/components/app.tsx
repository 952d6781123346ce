import type { Bells } from '../bells.ts';
import type { Board } from '../board.ts';
import type { News } from '../news.ts';
import { Banners } from './banners.tsx';
import { Cheapest } from './cheapest.tsx';
import { Failures } from './failures.tsx';
import { FilterBar } from './filter-bar.tsx';
import { Header } from './header.tsx';
import { KeyForm } from './key-form.tsx';
import { Legend } from './legend.tsx';
import { MatrixTable } from './matrix-table.tsx';
import { Toast } from './toast.tsx';

/** The whole page. */
export function App({ board, bells, news }: { readonly board: Board; readonly bells: Bells; readonly news: News }) {
  return (
    <>
      <Header board={board} />
      <main>
        <Banners board={board} />
        {board.wantedKey.value !== null && (
          <KeyForm isWrong={board.wantedKey.value === 'wrong'} onKey={board.giveKey} />
        )}
        {(board.wantedKey.value === null || board.known.inventory.value !== null) && (
          <>
            <FilterBar board={board} />
            <Cheapest board={board} />
            <Failures board={board} />
            <MatrixTable board={board} bells={bells} />
            <Legend />
          </>
        )}
      </main>
      <Toast news={news} />
    </>
  );
}
