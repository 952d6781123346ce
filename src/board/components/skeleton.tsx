const ROWS = Array.from({ length: 14 }, (_, index) => index);

/** A placeholder for the content while it loads. */
export function Skeleton() {
  return (
    <div class="skeleton" role="status" aria-label="Loading">
      <div class="skeleton-row skeleton-controls" />
      <Rows />
    </div>
  );
}

/** A placeholder for the table until the first cells have arrived. */
export function TableSkeleton() {
  return (
    <div class="skeleton" role="status" aria-label="Loading the table">
      <Rows />
    </div>
  );
}

const Rows = () => (
  <>
    {ROWS.map((row) => (
      <div key={row} class="skeleton-row" />
    ))}
  </>
);
